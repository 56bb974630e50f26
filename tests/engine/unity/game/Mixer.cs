using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Skaldcast.Tests
{
    /// <summary>What Unity's audio thread does: asks for a block of sound whenever one is due. Keeps
    /// what it was given.</summary>
    internal sealed class Mixer
    {
        private const int Block = 480;

        private readonly AudioStream _stream;
        private readonly Thread _thread;
        private readonly List<float> _heard = new List<float>(); // guards itself
        private volatile bool _ended;

        public Mixer(BridgeClient client, int rate, double aheadS)
        {
            _stream = client.StartAudio(new AudioOptions { MixerRate = rate, AheadS = aheadS });
            _thread = new Thread(() => Run(rate));
            _thread.Start();
        }

        public long Dry => _stream.Dry;

        public void Stop()
        {
            _ended = true;
            _thread.Join();
        }

        /// <summary>Writes all that was heard, as 32-bit floats.</summary>
        public void Write(string path)
        {
            lock (_heard)
            {
                var bytes = new byte[_heard.Count * sizeof(float)];
                Buffer.BlockCopy(_heard.ToArray(), 0, bytes, 0, bytes.Length);
                File.WriteAllBytes(path, bytes);
            }
        }

        // A device's clock: when it was late, it makes up for it.
        private void Run(int rate)
        {
            var clock = Stopwatch.StartNew();
            var data = new float[Block];
            for (long frame = 0; !_ended; frame += Block)
            {
                var waitS = (double)frame / rate - clock.Elapsed.TotalSeconds;
                if (waitS > 0)
                {
                    Thread.Sleep((int)Math.Ceiling(1000 * waitS));
                }
                _stream.Read(data, 1);
                lock (_heard)
                {
                    _heard.AddRange(data);
                }
            }
        }
    }
}
