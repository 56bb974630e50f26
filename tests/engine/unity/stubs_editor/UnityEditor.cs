// As much of UnityEditor as the package uses.
using System;
using UnityEngine;

namespace UnityEditor
{
    public enum MessageType
    {
        None,
        Info,
        Warning,
        Error,
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomEditor : Attribute
    {
        public CustomEditor(Type inspectedType)
        {
        }
    }

    public class Editor : UnityEngine.Object
    {
        public UnityEngine.Object target { get; set; }

        public virtual void OnInspectorGUI()
        {
        }

        public virtual bool RequiresConstantRepaint() => false;

        public bool DrawDefaultInspector() => false;
    }

    public static class EditorGUILayout
    {
        public static void HelpBox(string message, MessageType type)
        {
        }

        public static void LabelField(string label, string label2, params GUILayoutOption[] options)
        {
        }

        public static string TextField(string label, string text, params GUILayoutOption[] options) => text;
    }
}
