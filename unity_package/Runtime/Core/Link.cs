#nullable enable
using System;

namespace Skaldcast
{
    /// <summary>Where a link stands.</summary>
    public enum LinkState
    {
        /// <summary>Not wanted.</summary>
        Off,

        /// <summary>Until the next try.</summary>
        Waiting,

        /// <summary>Connected or not, not let in yet.</summary>
        Opening,

        /// <summary>Requests are sent at once.</summary>
        Ready,
    }

    /// <summary>What a link needs done, and whom it tells.</summary>
    internal interface ILinkOwner
    {
        /// <summary>Begin a connection.</summary>
        void Connect();

        /// <summary>Send a text frame over it.</summary>
        void Send(string frame);

        /// <summary>End it.</summary>
        void Drop();

        /// <summary>The engine let us in; what waited is sent after this call.</summary>
        void OnConnected(bool resumed);

        /// <summary>There is no connection; it is tried again. Told once until there is one.</summary>
        void OnLost(int code, string reason);

        /// <summary>It is no use to try again.</summary>
        void OnRefused(ConnectionEndedException error);

        /// <summary>An event, each once and in its order.</summary>
        void OnEvent(JsonObject message);

        /// <summary>The engine cannot go on speaking.</summary>
        void OnFailed(int code, string reason);
    }

    /// <summary>Holds a session with the engine across connections: opens them, identifies, comes
    /// back after a loss, sends what waits. Plain: the clock is an argument, in seconds on any clock
    /// that only grows, and the owner has the socket.</summary>
    internal sealed class Link
    {
        /// <summary>How long the engine may take to let us in: it may be loading its voice.</summary>
        public const double OpeningS = 30.0;

        /// <summary>How long a reply may take: the engine accepts and refuses at once.</summary>
        public const double ReplyS = 30.0;

        /// <summary>After so much silence the engine is asked for its state: a connection that is
        /// half open would never tell.</summary>
        public const double IdleS = 20.0;

        private readonly Session _session;
        private readonly Outbox _outbox = new Outbox();
        private readonly Backoff _backoff;
        private readonly ILinkOwner _owner;
        private string _url;
        private double _dueS;
        private double _receivedS;
        private bool _lossTold;

        public Link(string url, Session session, Func<double> random, ILinkOwner owner)
        {
            _url = url;
            _session = session;
            _backoff = new Backoff(random);
            _owner = owner;
        }

        public LinkState State { get; private set; } = LinkState.Off;

        /// <summary>When <see cref="Poll"/> has something to do.</summary>
        public double DueS
        {
            get
            {
                switch (State)
                {
                    case LinkState.Off:
                        return double.PositiveInfinity;
                    case LinkState.Ready:
                        return _outbox.OldestS is double sentS ? sentS + ReplyS : _receivedS + IdleS;
                    default:
                        return _dueS;
                }
            }
        }

        /// <summary>Connect at the next poll, and come back whenever the connection is lost.</summary>
        public void Open(double nowS)
        {
            if (State == LinkState.Off)
            {
                _lossTold = false;
                _backoff.Connected();
                _dueS = nowS;
                State = LinkState.Waiting;
            }
        }

        /// <summary>Connect to this address from now on: another engine, or the same one started
        /// anew. What waits is sent there.</summary>
        public void Move(string url, double nowS)
        {
            _url = url;
            Lose(-1, $"the engine is at {url} now", nowS);
            Open(nowS);
            _backoff.Connected();
            _dueS = nowS;
        }

        /// <summary>End the session; what waits for a reply fails.</summary>
        public void Close(SkaldcastException why)
        {
            if (State == LinkState.Opening || State == LinkState.Ready)
            {
                _owner.Drop();
            }
            State = LinkState.Off;
            foreach (var request in _outbox.Clear())
            {
                request.Fail(why);
            }
        }

        /// <summary>Do what is due.</summary>
        public void Poll(double nowS)
        {
            if (nowS < DueS)
            {
                return;
            }
            switch (State)
            {
                case LinkState.Waiting:
                    State = LinkState.Opening;
                    _dueS = nowS + OpeningS;
                    _owner.Connect();
                    break;
                case LinkState.Opening:
                    Lose(-1, $"{_url} does not let us in", nowS);
                    break;
                case LinkState.Ready when _outbox.Count > 0:
                    Lose(-1, "the engine does not answer", nowS);
                    break;
                case LinkState.Ready:
                    Add(new Pending(Requests.GetState(), _ => { }, _ => { }, oneConnection: true), nowS);
                    break;
            }
        }

        /// <summary>Sends a request, now or once there is a connection; false where too many
        /// wait.</summary>
        public bool Add(Pending request, double nowS)
        {
            if (!_outbox.Add(request))
            {
                return false;
            }
            Flush(nowS);
            return true;
        }

        /// <summary>Sends a request before those that waited for the connection; from
        /// <see cref="ILinkOwner.OnConnected"/> only.</summary>
        public void AddFirst(Pending request) => _outbox.AddFirst(request);

        /// <summary>Sends what wants no reply, if there is a connection.</summary>
        public void SendOnce(JsonObject message)
        {
            if (State == LinkState.Ready)
            {
                message["id"] = "once"; // an error without an id is the engine's own
                _owner.Send(message.ToString());
            }
        }

        /// <summary>A binary frame has come: the connection lives.</summary>
        public void OnBytes(double nowS) => _receivedS = nowS;

        /// <summary>A text frame has come.</summary>
        public void OnText(string frame, double nowS)
        {
            _receivedS = nowS;
            JsonObject message;
            try
            {
                message = JsonObject.Parse(frame);
            }
            catch (JsonException error)
            {
                Lose(-1, $"a message makes no sense: {error.Message}", nowS);
                return;
            }
            if (State == LinkState.Opening)
            {
                Greet(message, nowS);
            }
            else if (State == LinkState.Ready)
            {
                Take(message, nowS);
            }
        }

        /// <summary>The connection has ended; -1 where nobody said why.</summary>
        public void OnClosed(int code, string reason, double nowS)
        {
            if (Protocol.IsFinal(code))
            {
                Refuse(new ConnectionEndedException(code, reason));
            }
            else if (State == LinkState.Opening && code == -1)
            {
                Lose(code, $"no engine answers at {_url}: {reason}; is `skaldcast --no-tui` running?", nowS);
            }
            else
            {
                Lose(code, reason, nowS);
            }
        }

        /// <summary>Gives the connection up and comes back.</summary>
        public void Lose(int code, string reason, double nowS)
        {
            if (State != LinkState.Opening && State != LinkState.Ready)
            {
                return;
            }
            _owner.Drop();
            State = LinkState.Waiting;
            _dueS = nowS + _backoff.NextS();
            foreach (var request in _outbox.LoseSent())
            {
                request.Fail(new SkaldcastException(
                    "the connection was lost before the reply: look before a new try"));
            }
            if (!_lossTold)
            {
                _lossTold = true;
                _owner.OnLost(code, reason);
            }
        }

        private void Greet(JsonObject message, double nowS)
        {
            switch (message.Text("type"))
            {
                case "hello":
                    AnswerHello(new Hello(message));
                    break;
                case "identified":
                    State = LinkState.Ready;
                    _lossTold = false;
                    _backoff.Connected();
                    _owner.OnConnected(_session.Identified(new Identified(message)));
                    Flush(nowS);
                    break;
                default:
                    Refuse(new ConnectionEndedException(0, $"{_url} is no engine: it does not say hello"));
                    break;
            }
        }

        private void AnswerHello(Hello hello)
        {
            try
            {
                _owner.Send(_session.Identify(hello).ToString());
            }
            catch (ConnectionEndedException error)
            {
                Refuse(error);
            }
        }

        private void Take(JsonObject message, double nowS)
        {
            var type = message.Text("type");
            if (type == "ok" || type == "error")
            {
                var request = _outbox.Settle(message.Text("id"));
                if (request != null)
                {
                    request.Reply(message);
                }
                else if (type == "error" && message.Text("id").Length == 0)
                {
                    _owner.OnFailed((int)message.Whole("code"), message.Text("text"));
                }
            }
            else if (message.Has("seq"))
            {
                switch (_session.Receive(message.Whole("seq")))
                {
                    case Order.Next:
                        _owner.OnEvent(message);
                        break;
                    case Order.Missing: // the engine has them: they come with the resume
                        Lose(-1, "events are missing", nowS);
                        break;
                }
            }
        }

        private void Refuse(ConnectionEndedException error)
        {
            Close(error);
            _owner.OnRefused(error);
        }

        private void Flush(double nowS)
        {
            if (State == LinkState.Ready)
            {
                foreach (var message in _outbox.TakeUnsent(nowS))
                {
                    _owner.Send(message.ToString());
                }
            }
        }
    }
}
