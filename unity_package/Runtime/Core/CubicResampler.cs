#nullable enable
namespace Skaldcast
{
    /// <summary>Brings samples to the mixer's rate, with a cubic through four of them (Catmull-Rom).
    /// Plain. Its delay is three samples; positions are exact, they never drift.</summary>
    internal sealed class CubicResampler
    {
        private readonly int _sourceRate;
        private readonly int _targetRate;
        private int _phase; // of the next output between _b and _c, in parts of the target rate
        private float _a;
        private float _b;
        private float _c;
        private float _d;

        public CubicResampler(int sourceRate, int targetRate)
        {
            _sourceRate = sourceRate;
            _targetRate = targetRate;
        }

        /// <summary>How many samples it takes to make so many.</summary>
        public int Needed(int count) =>
            count == 0 ? 0 : (int)((_phase + (count - 1L) * _sourceRate) / _targetRate);

        /// <summary>Makes samples out of as many as are needed.</summary>
        public void Run(float[] source, float[] target, int offset, int count)
        {
            var taken = 0;
            for (var i = 0; i < count; i++)
            {
                for (; _phase >= _targetRate; _phase -= _targetRate)
                {
                    _a = _b;
                    _b = _c;
                    _c = _d;
                    _d = source[taken++];
                }
                target[offset + i] = Between((float)_phase / _targetRate);
                _phase += _sourceRate;
            }
        }

        private float Between(float t)
        {
            var slope = 0.5f * (_c - _a);
            var next = 0.5f * (_d - _b);
            var rise = _c - _b;
            return _b + t * (slope + t * (3f * rise - 2f * slope - next + t * (slope + next - 2f * rise)));
        }
    }
}
