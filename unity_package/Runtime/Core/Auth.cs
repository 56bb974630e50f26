#nullable enable
using System;
using System.Security.Cryptography;
using System.Text;

namespace Skaldcast
{
    /// <summary>The password's challenge, as obs-websocket 5 has it: the password is never
    /// sent.</summary>
    public static class Auth
    {
        /// <summary>What a client that knows the password says.</summary>
        public static string Answer(string password, Challenge challenge)
        {
            using (var hash = SHA256.Create())
            {
                return Digest(hash, Digest(hash, password + challenge.Salt) + challenge.ChallengeText);
            }
        }

        private static string Digest(SHA256 hash, string text) =>
            Convert.ToBase64String(hash.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }
}
