#nullable enable
using System;
using System.Collections.Generic;

namespace Skaldcast
{
    /// <summary>A request whose reply has not come.</summary>
    internal sealed class Pending
    {
        private readonly Action<JsonObject> _replied;
        private readonly Action<SkaldcastException> _failed;

        public Pending(
            JsonObject message,
            Action<JsonObject> replied,
            Action<SkaldcastException> failed,
            bool oneConnection = false)
        {
            Message = message;
            _replied = replied;
            _failed = failed;
            OneConnection = oneConnection;
        }

        public JsonObject Message { get; }

        /// <summary>Whether it is of no use in another connection.</summary>
        public bool OneConnection { get; }

        /// <summary>When it was sent; null where it was not, in this connection.</summary>
        public double? SentS { get; set; }

        public string Type => Message.Text("type");

        /// <summary>Whether it does no more when it comes twice: cues have ids, and pieces of them
        /// places; only a skip that names no cue would end another.</summary>
        public bool MayRepeat => Type != "skip" || Message.Has("cue_id");

        public void Reply(JsonObject message)
        {
            if (message.Text("type") == "error")
            {
                Fail(new RequestRefusedException((int)message.Whole("code"), message.Text("text")));
            }
            else
            {
                _replied(message);
            }
        }

        public void Fail(SkaldcastException error) => _failed(error);
    }

    /// <summary>Requests in their order, each until its reply has come, and across lost connections.
    /// Plain. Holds at most <see cref="MaxRequests"/>; who adds one more is told, nobody
    /// waits.</summary>
    internal sealed class Outbox
    {
        /// <summary>The engine takes 1,000 at once.</summary>
        public const int MaxRequests = 256;

        /// <summary>A character has at most six bytes in JSON, a frame 65,536.</summary>
        public const int MergedCharacters = 8192;

        private readonly LinkedList<Pending> _order = new LinkedList<Pending>();
        private readonly Dictionary<string, LinkedListNode<Pending>> _byId =
            new Dictionary<string, LinkedListNode<Pending>>(StringComparer.Ordinal);

        private long _made;

        public int Count => _order.Count;

        /// <summary>When the oldest request was sent that has no reply; null where there is
        /// none.</summary>
        public double? OldestS => _order.First?.Value.SentS;

        /// <summary>Keeps a request until its reply comes; false where there are too many. It gets
        /// its id here.</summary>
        public bool Add(Pending request)
        {
            if (Merge(request))
            {
                return true;
            }
            if (_order.Count >= MaxRequests)
            {
                return false;
            }
            _made++;
            var id = _made.ToString(System.Globalization.CultureInfo.InvariantCulture);
            request.Message["id"] = id;
            _byId[id] = _order.AddLast(request);
            return true;
        }

        /// <summary>What is to be sent now, oldest first; it counts as sent.</summary>
        public IReadOnlyList<JsonObject> TakeUnsent(double nowS)
        {
            var found = new List<JsonObject>();
            // The unsent ones are the last: the walk is as long as what it finds.
            for (var node = _order.Last; node != null && node.Value.SentS == null; node = node.Previous)
            {
                node.Value.SentS = nowS;
                found.Add(node.Value.Message);
            }
            found.Reverse();
            return found;
        }

        /// <summary>The request to which a reply came, which is kept no longer; null where it is not
        /// known.</summary>
        public Pending? Settle(string id)
        {
            if (!_byId.TryGetValue(id, out var node))
            {
                return null;
            }
            _byId.Remove(id);
            _order.Remove(node);
            return node.Value;
        }

        /// <summary>The connection is lost: what may be repeated is sent again. Returns the rest,
        /// whose fate nobody knows, and what was of use in that connection only.</summary>
        public IReadOnlyList<Pending> LoseSent()
        {
            var gone = new List<Pending>();
            foreach (var request in new List<Pending>(_order))
            {
                if (request.OneConnection || (request.SentS != null && !request.MayRepeat))
                {
                    gone.Add(request);
                    Settle(request.Message.Text("id"));
                }
                request.SentS = null;
            }
            return gone;
        }

        /// <summary>Gives up all requests; returns them.</summary>
        public IReadOnlyList<Pending> Clear()
        {
            var gone = new List<Pending>(_order);
            _order.Clear();
            _byId.Clear();
            return gone;
        }

        // Tokens that come while there is no connection are put together: a language model writes
        // hundreds a second. The first of them tells what becomes of all.
        private bool Merge(Pending request)
        {
            var last = _order.Last?.Value;
            if (request.Type != "say_append" || last == null || last.SentS != null
                || last.Type != request.Type
                || last.Message.Text("cue_id") != request.Message.Text("cue_id"))
            {
                return false;
            }
            var text = last.Message.Text("text") + request.Message.Text("text");
            if (text.Length > MergedCharacters)
            {
                return false;
            }
            last.Message["text"] = text;
            return true;
        }
    }
}
