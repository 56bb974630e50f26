#nullable enable
using System.Collections.Generic;

namespace Skaldcast
{
    /// <summary>How an event stands to those before it.</summary>
    internal enum Order
    {
        /// <summary>It is the next one.</summary>
        Next,

        /// <summary>It was received before.</summary>
        Known,

        /// <summary>One before it is missing.</summary>
        Missing,
    }

    /// <summary>What is remembered across connections: who we are, and which events came. Plain.</summary>
    internal sealed class Session
    {
        private readonly string _client;
        private readonly Policy _policy;

        public Session(
            string client,
            string password,
            IReadOnlyList<EventName>? events,
            Policy policy = Policy.Queue)
        {
            _client = client;
            _policy = policy;
            Password = password;
            Events = events;
        }

        /// <summary>What answers the engine's challenge.</summary>
        public string Password { get; set; }

        /// <summary>The events wanted; null for the ordinary ones.</summary>
        public IReadOnlyList<EventName>? Events { get; set; }

        /// <summary>The session's name; null before the first connection.</summary>
        public string? Id { get; private set; }

        /// <summary>The last event received.</summary>
        public long LastSeq { get; private set; }

        /// <summary>The answer to the engine's first message; throws
        /// <see cref="ConnectionEndedException"/> where the two do not fit.</summary>
        public JsonObject Identify(Hello hello)
        {
            if (hello.Protocol < Protocol.Version)
            {
                throw new ConnectionEndedException(
                    (int)CloseCode.ProtocolUnsupported,
                    $"the engine is older than this package: update {hello.Server}");
            }
            if (hello.Auth != null && Password.Length == 0)
            {
                throw new ConnectionEndedException(
                    (int)CloseCode.AuthFailed,
                    "the engine asks for a password: `skaldcast bridge password` shows it");
            }
            return Requests.Identify(
                Protocol.Version,
                _client,
                hello.Auth == null ? null : Auth.Answer(Password, hello.Auth),
                Events,
                _policy == Policy.Queue ? (Policy?)null : _policy,
                resume: Id == null ? null : Requests.ResumePoint(Id, LastSeq));
        }

        /// <summary>The engine let us in; true where the session goes on.</summary>
        public bool Identified(Identified message)
        {
            Id = message.Session;
            if (!message.Resumed)
            {
                LastSeq = 0;
            }
            return message.Resumed;
        }

        /// <summary>Takes note of an event; only one that is next is to be told.</summary>
        public Order Receive(long seq)
        {
            if (seq <= LastSeq)
            {
                return Order.Known;
            }
            if (seq != LastSeq + 1)
            {
                return Order.Missing;
            }
            LastSeq = seq;
            return Order.Next;
        }
    }
}
