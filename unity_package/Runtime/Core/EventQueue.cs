#nullable enable
using System;
using System.Collections.Generic;
using System.Threading;

namespace Skaldcast
{
    /// <summary>Brings what is told to the thread that wants it, in its order: the context's, which
    /// in Unity is the main thread, else one of the pool's at a time. Holds <see cref="Most"/>; of
    /// more the oldest are dropped and counted, nobody waits.</summary>
    internal sealed class EventQueue
    {
        public const int Most = 10_000;

        private readonly SynchronizationContext? _context;
        private readonly Queue<Action> _waiting = new Queue<Action>(); // guards itself and the fields below
        private bool _draining;
        private long _dropped;

        public EventQueue(SynchronizationContext? context) => _context = context;

        /// <summary>What nobody took in time.</summary>
        public long Dropped
        {
            get
            {
                lock (_waiting)
                {
                    return _dropped;
                }
            }
        }

        public void Post(Action tell)
        {
            lock (_waiting)
            {
                if (_waiting.Count == Most)
                {
                    _waiting.Dequeue();
                    _dropped++;
                }
                _waiting.Enqueue(tell);
                if (_draining)
                {
                    return;
                }
                _draining = true;
            }
            Schedule();
        }

        private void Schedule()
        {
            if (_context != null)
            {
                _context.Post(_ => Drain(), null);
            }
            else
            {
                ThreadPool.QueueUserWorkItem(_ => Drain());
            }
        }

        // A handler that fails surfaces where the context reports such; what comes after it is told.
        private void Drain()
        {
            var failed = true;
            try
            {
                while (Next() is Action tell)
                {
                    tell();
                }
                failed = false;
            }
            finally
            {
                if (failed)
                {
                    Schedule();
                }
            }
        }

        private Action? Next()
        {
            lock (_waiting)
            {
                _draining = _waiting.Count > 0;
                return _draining ? _waiting.Dequeue() : null;
            }
        }
    }
}
