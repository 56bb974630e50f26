#nullable enable
namespace Skaldcast
{
    /// <summary>Where an engine of the game's own listens, as its port file tells.</summary>
    public sealed class EngineAddress
    {
        private EngineAddress(string url, string password, string version)
        {
            Url = url;
            Password = password;
            Version = version;
        }

        /// <summary>For <see cref="BridgeOptions.Url"/>.</summary>
        public string Url { get; }

        /// <summary>For <see cref="BridgeOptions.Password"/>; a new one each time.</summary>
        public string Password { get; }

        /// <summary>The engine's version.</summary>
        public string Version { get; }

        /// <summary>Reads what a port file says; null where it says no address.</summary>
        internal static EngineAddress? Read(string text)
        {
            JsonObject told;
            try
            {
                told = JsonObject.Parse(text);
            }
            catch (JsonException)
            {
                return null;
            }
            var (url, password) = (told.Text("url"), told.Text("password"));
            return url.Length == 0 || password.Length == 0
                ? null
                : new EngineAddress(url, password, told.Text("version"));
        }
    }
}
