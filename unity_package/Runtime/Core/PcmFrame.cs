#nullable enable
using System;

namespace Skaldcast
{
    /// <summary>The header of a binary frame, and its samples: 32-bit floats, one channel. All is
    /// little endian.</summary>
    internal readonly struct PcmFrame
    {
        private PcmFrame(uint stream, uint sequence, long position, int count)
        {
            Stream = stream;
            Sequence = sequence;
            Position = position;
            Count = count;
        }

        /// <summary>As `audio_start` was answered.</summary>
        public uint Stream { get; }

        /// <summary>Counts the binary frames since that answer.</summary>
        public uint Sequence { get; }

        /// <summary>Of the first sample.</summary>
        public long Position { get; }

        /// <summary>Samples.</summary>
        public int Count { get; }

        /// <summary>Reads the header; throws <see cref="FormatException"/> where bytes are missing or
        /// too many.</summary>
        public static PcmFrame Parse(byte[] bytes, int length)
        {
            var data = length - Protocol.AudioHeaderBytes;
            if (data < 0 || data % sizeof(float) != 0)
            {
                throw new FormatException($"a binary frame has {length} bytes");
            }
            var position = ReadUInt(bytes, 8) | ((ulong)ReadUInt(bytes, 12) << 32);
            if (position > 1UL << 53)
            {
                throw new FormatException($"a binary frame begins at {position}");
            }
            return new PcmFrame(
                ReadUInt(bytes, 0), ReadUInt(bytes, 4), (long)position, data / sizeof(float));
        }

        /// <summary>Copies the samples out of the frame.</summary>
        public void CopySamples(byte[] bytes, float[] target)
        {
            if (BitConverter.IsLittleEndian)
            {
                Buffer.BlockCopy(bytes, Protocol.AudioHeaderBytes, target, 0, Count * sizeof(float));
                return;
            }
            var turned = new byte[sizeof(float)];
            for (var i = 0; i < Count; i++)
            {
                Array.Copy(bytes, Protocol.AudioHeaderBytes + i * sizeof(float), turned, 0, turned.Length);
                Array.Reverse(turned);
                target[i] = BitConverter.ToSingle(turned, 0);
            }
        }

        private static uint ReadUInt(byte[] bytes, int at) =>
            bytes[at] | ((uint)bytes[at + 1] << 8) | ((uint)bytes[at + 2] << 16) | ((uint)bytes[at + 3] << 24);
    }
}
