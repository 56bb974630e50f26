#nullable enable
using Skaldcast.Unity;
using UnityEditor;
using UnityEngine;

namespace Skaldcast.Editor
{
    /// <summary>The inspector of a client: while the game runs, a line can be heard.</summary>
    [CustomEditor(typeof(SkaldcastClient))]
    public sealed class SkaldcastClientEditor : UnityEditor.Editor
    {
        private string _line = "The gate is open.";

        /// <summary>The component's fields, and below them a line to hear.</summary>
        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            if (!Application.isPlaying)
            {
                EditorGUILayout.HelpBox("Enter play mode to hear a line.", MessageType.Info);
                return;
            }
            var client = (SkaldcastClient)target;
            EditorGUILayout.LabelField("Connection", client.Bridge.IsOnline ? "online" : "none");
            _line = EditorGUILayout.TextField("Line", _line);
            if (GUILayout.Button("Say"))
            {
                client.SayLine(_line);
            }
            if (GUILayout.Button("Stop"))
            {
                client.Stop();
            }
        }

        /// <summary>So that the state of the connection is shown as it changes.</summary>
        public override bool RequiresConstantRepaint() => Application.isPlaying;
    }
}
