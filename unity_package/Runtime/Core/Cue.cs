#nullable enable
using System.Threading.Tasks;

namespace Skaldcast
{
    /// <summary>How a cue is spoken; what is null is as the engine has it.</summary>
    public sealed class CueOptions
    {
        /// <summary>A voice: NAME or SYNTHESIZER:NAME; else the character's.</summary>
        public string? Voice { get; set; }

        /// <summary>When it is spoken; else when its turn comes.</summary>
        public Priority? Priority { get; set; }

        /// <summary>Speaking rate, 0.5 to 2; 1 is the voice's own.</summary>
        public double? Speed { get; set; }

        /// <summary>Names the cue among those of all clients; else one is made. A cue whose id is
        /// known is not spoken twice.</summary>
        public string? CueId { get; set; }
    }

    /// <summary>A line that was said. Its tasks need not be awaited: the client's events tell the
    /// same.</summary>
    public class Cue
    {
        private readonly TaskCompletionSource<CueOk> _accepted = Promise.Make<CueOk>();
        private readonly TaskCompletionSource<CueFinished> _finished = Promise.Make<CueFinished>();

        internal Cue(string id) => Id = id;

        /// <summary>Names it in all events.</summary>
        public string Id { get; }

        /// <summary>The engine's answer; fails with a <see cref="SkaldcastException"/> where it is
        /// not spoken.</summary>
        public Task<CueOk> Accepted => _accepted.Task;

        /// <summary>How it ended; fails with a <see cref="SkaldcastException"/> where it is not
        /// spoken, or nobody knows.</summary>
        public Task<CueFinished> Finished => _finished.Task;

        internal bool IsAccepted => _accepted.Task.Status == TaskStatus.RanToCompletion;

        internal void Accept(CueOk reply) => _accepted.TrySetResult(reply);

        internal virtual void Finish(CueFinished told) => _finished.TrySetResult(told);

        internal virtual void Fail(SkaldcastException error)
        {
            _accepted.TrySetException(error);
            _finished.TrySetException(error);
        }
    }

    internal static class Promise
    {
        /// <summary>One whose failure nobody needs to see, and whose awaiters never run inside of
        /// us.</summary>
        public static TaskCompletionSource<T> Make<T>()
        {
            var made = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            made.Task.ContinueWith(
                task => task.Exception,
                default,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            return made;
        }
    }
}
