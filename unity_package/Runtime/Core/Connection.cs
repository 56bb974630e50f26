#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Skaldcast
{
    /// <summary>Whom a connection tells, from threads of the pool, one call at a time.</summary>
    internal interface IConnectionOwner
    {
        /// <summary>A text frame has come.</summary>
        void OnText(Connection from, string frame);

        /// <summary>A binary frame has come; its bytes are good until the call ends.</summary>
        void OnBytes(Connection from, byte[] bytes, int length);

        /// <summary>It is over; -1 where nobody said why.</summary>
        void OnClosed(Connection from, int code, string reason);
    }

    /// <summary>One websocket, from its opening to its end. Two tasks: one reads, one writes what
    /// waits to be sent; of more than <see cref="MostQueued"/> frames that wait the connection
    /// ends.</summary>
    internal sealed class Connection
    {
        /// <summary>Of one message: a list of voices is well below.</summary>
        public const int MostBytes = 1 << 22;
        public const int MostQueued = 2048;

        private const int GoodbyeMs = 1000;
        private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        private readonly ClientWebSocket _socket = new ClientWebSocket();
        private readonly CancellationTokenSource _cancel = new CancellationTokenSource();
        private readonly Queue<string?> _queue = new Queue<string?>(); // guards itself and _pumping
        private readonly Uri _url;
        private readonly IConnectionOwner _owner;
        private bool _pumping;

        public Connection(Uri url, IConnectionOwner owner)
        {
            _url = url;
            _owner = owner;
        }

        /// <summary>Connects, and tells the owner from then on.</summary>
        public void Start() => Task.Run(RunAsync);

        /// <summary>Sends a text frame after those before it.</summary>
        public void Send(string frame) => Enqueue(frame);

        /// <summary>Says goodbye once all is sent; ends in any case a second later.</summary>
        public void Close()
        {
            Enqueue(null);
            _cancel.CancelAfter(GoodbyeMs);
        }

        private async Task RunAsync()
        {
            var code = -1;
            var reason = "the connection was lost";
            try
            {
                _socket.Options.AddSubProtocol(Protocol.Subprotocol);
                _socket.Options.KeepAliveInterval = KeepAlive;
                _socket.Options.Proxy = null; // the engine is on this machine or in this house
                await _socket.ConnectAsync(_url, _cancel.Token).ConfigureAwait(false);
                await ReadAsync().ConfigureAwait(false);
                code = (int)(_socket.CloseStatus ?? (WebSocketCloseStatus)(-1));
                reason = _socket.CloseStatusDescription ?? "";
            }
            catch (Exception error) // each platform has its own for a network that fails
            {
                reason = error.Message;
            }
            _owner.OnClosed(this, code, reason);
            End();
        }

        private void End()
        {
            lock (_queue)
            {
                _queue.Clear();
            }
            _cancel.Cancel();
            _socket.Dispose();
        }

        private async Task ReadAsync()
        {
            var buffer = new byte[Protocol.MaxMessageBytes];
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    if (length >= MostBytes)
                    {
                        throw new InvalidDataException("a message is too long");
                    }
                    Array.Resize(ref buffer, 2 * length);
                }
                var room = new ArraySegment<byte>(buffer, length, buffer.Length - length);
                var got = await _socket.ReceiveAsync(room, _cancel.Token).ConfigureAwait(false);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }
                length += got.Count;
                if (got.EndOfMessage)
                {
                    Tell(got.MessageType, buffer, length);
                    length = 0;
                }
            }
        }

        private void Tell(WebSocketMessageType type, byte[] buffer, int length)
        {
            if (type == WebSocketMessageType.Binary)
            {
                _owner.OnBytes(this, buffer, length);
            }
            else
            {
                _owner.OnText(this, Utf8.GetString(buffer, 0, length));
            }
        }

        private void Enqueue(string? frame)
        {
            lock (_queue)
            {
                if (_queue.Count >= MostQueued)
                {
                    _cancel.Cancel();
                    return;
                }
                _queue.Enqueue(frame);
                if (_pumping)
                {
                    return;
                }
                _pumping = true;
            }
            Task.Run(PumpAsync);
        }

        private async Task PumpAsync()
        {
            try
            {
                while (Next(out var frame))
                {
                    if (frame == null)
                    {
                        await SayGoodbyeAsync().ConfigureAwait(false);
                        continue;
                    }
                    var bytes = new ArraySegment<byte>(Encoding.UTF8.GetBytes(frame));
                    await _socket.SendAsync(bytes, WebSocketMessageType.Text, true, _cancel.Token)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception) // the reading task fails too, and tells
            {
                _cancel.Cancel();
            }
        }

        private Task SayGoodbyeAsync() => _socket.State == WebSocketState.Open
            ? _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", _cancel.Token)
            : Task.CompletedTask;

        private bool Next(out string? frame)
        {
            lock (_queue)
            {
                _pumping = _queue.Count > 0;
                frame = _pumping ? _queue.Dequeue() : null;
                return _pumping;
            }
        }
    }
}
