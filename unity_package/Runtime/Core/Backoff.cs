#nullable enable
using System;

namespace Skaldcast
{
    /// <summary>How long to wait before the next try to connect. Plain: it keeps no time itself. The
    /// wait is doubled each time, and a random part of it taken off, so that many games do not come
    /// back at once.</summary>
    internal sealed class Backoff
    {
        public const double FirstS = 0.1;
        public const double MostS = 5.0;

        private readonly Func<double> _random;
        private double _nextS = FirstS;

        public Backoff(Func<double> random) => _random = random;

        /// <summary>Seconds to wait now: half to all of 0.1, 0.2, 0.4 ... 5.</summary>
        public double NextS()
        {
            var waitS = _nextS;
            _nextS = Math.Min(2.0 * waitS, MostS);
            return waitS * (0.5 + 0.5 * _random());
        }

        /// <summary>It worked: begin anew the next time.</summary>
        public void Connected() => _nextS = FirstS;
    }
}
