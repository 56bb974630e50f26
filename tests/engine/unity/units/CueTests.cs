using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Skaldcast.Tests
{
    public static class CueTests
    {
        private static CueFinished Ended(string id) => new CueFinished(
            JsonObject.Parse($"{{\"type\":\"cue_finished\",\"seq\":1,\"cue_id\":\"{id}\",\"outcome\":\"finished\"}}"));

        private static CueOk Accepted() => new CueOk(new JsonObject());

        public static void A_piece_carries_its_place_in_code_points()
        {
            var sent = new List<JsonObject>();
            var tale = new CueWriter("tale", sent.Add);
            foreach (var piece in new[] { "a😀", "b\uD83D", "\uDE00c", "", "d\uD83D" })
            {
                Check.True(tale.Push(piece));
            }
            tale.Complete();
            Check.Sequence(new[] { "a😀", "b", "😀c", "d", "\uD83D" }, sent.Take(5).Select(m => m.Text("text")));
            Check.Sequence(new[] { 0L, 2L, 3L, 5L, 6L }, sent.Take(5).Select(m => m.Whole("start")));
            Check.Equal("say_finish", sent.Last().Text("type"));
            Check.True(!tale.Push("more") && sent.Count == 6);
        }

        public static void A_long_text_goes_in_pieces_that_cut_no_character()
        {
            var sent = new List<JsonObject>();
            var tale = new CueWriter("tale", sent.Add);
            var text = "x" + string.Concat(Enumerable.Repeat("😀", 20_000));
            tale.Push(text);
            Check.Equal(text, string.Concat(sent.Select(message => message.Text("text"))));
            Check.True(sent.All(message => !char.IsLowSurrogate(message.Text("text")[0])));
            Check.True(sent.All(message => message.ToString().Length * 3 < Protocol.MaxMessageBytes));
        }

        public static void A_writer_that_was_refused_takes_no_more()
        {
            var tale = new CueWriter("tale", _ => { });
            tale.Fail(new SkaldcastException("no"));
            Check.True(!tale.Push("x") && !tale.IsOpen);
            Check.Equal(TaskStatus.Faulted, tale.Finished.Status);
        }

        public static void A_cue_ends_once_and_is_known_for_a_while()
        {
            var book = new CueBook();
            var cue = new Cue("a");
            book.Add(cue);
            Check.True(book.IsOpen("a"));
            book.Finish(Ended("a"));
            book.Finish(Ended("a"));
            book.Finish(Ended("of another client"));
            Check.Equal(Outcome.Finished, cue.Finished.Result.Outcome);
            Check.True(!book.IsOpen("a") && book.Find("a") == cue && !book.Fail("a", new SkaldcastException("no")));
            for (var i = 0; i < CueBook.MostEnded; i++)
            {
                book.Add(new Cue($"{i}"));
                book.Finish(Ended($"{i}"));
            }
            Check.True(book.Find("a") == null);
        }

        public static void With_the_session_go_the_cues_that_were_accepted()
        {
            var book = new CueBook();
            Cue accepted = new Cue("a"), waiting = new Cue("b");
            book.Add(accepted);
            book.Add(waiting);
            accepted.Accept(Accepted());
            Check.Sequence(new[] { accepted }, book.LoseAccepted());
            Check.True(accepted.Finished.Exception.InnerException is CueLostException);
            Check.True(book.IsOpen("b"));
            book.FailAll(new SkaldcastException("over"));
            Check.Equal(TaskStatus.Faulted, waiting.Accepted.Status);
        }
    }

    public static class TextPlacesTests
    {
        public static void Places_count_code_points()
        {
            Check.Equal(0, TextPlaces.Count(""));
            Check.Equal(3, TextPlaces.Count("a😀b"));
            Check.Equal(2, TextPlaces.Count("\uDE00\uD83D"));
            Check.Equal(0, TextPlaces.IndexOf("a😀b", 0));
            Check.Equal(3, TextPlaces.IndexOf("a😀b", 2));
            Check.Equal(4, TextPlaces.IndexOf("a😀b", 9));
        }
    }

    public static class SubtitleTests
    {
        private static ChunkStarted Chunk(string text, int start) => new ChunkStarted(JsonObject.Parse(
            $"{{\"cue_id\":\"a\",\"text\":\"{text}\",\"start\":{start}}}"));

        private static WordStarted Word(string word, int start, string cue = "a") => new WordStarted(JsonObject.Parse(
            $"{{\"cue_id\":\"{cue}\",\"word\":\"{word}\",\"start\":{start}}}"));

        public static void It_grows_word_by_word_with_the_marks_that_follow()
        {
            var subtitle = new SubtitleText(true);
            Check.True(!subtitle.Show(Chunk("😀 Who goes?", 7)) && subtitle.Shown == "");
            Check.True(subtitle.Show(Word("Who", 9)));
            Check.Equal("😀 Who", subtitle.Shown);
            Check.True(!subtitle.Show(Word("other", 9, "b")));
            subtitle.Show(Word("goes", 13));
            Check.Equal("😀 Who goes?", subtitle.Shown);
            Check.True(!subtitle.Show(Word("Who", 9))); // it never shrinks
            Check.True(!subtitle.End("b") && subtitle.End("a"));
            Check.True(subtitle.Wipe() && !subtitle.Wipe());
        }

        public static void A_stretch_may_appear_whole()
        {
            var subtitle = new SubtitleText(false);
            Check.True(subtitle.Show(Chunk("Who goes?", 0)));
            Check.True(!subtitle.Show(Word("Who", 0)));
            Check.Equal("Who goes?", subtitle.Shown);
        }

        public static void The_last_words_are_shown_when_their_event_never_came()
        {
            var subtitle = new SubtitleText(true);
            subtitle.Show(Chunk("Who goes?", 0));
            subtitle.End("a");
            Check.Equal("Who goes?", subtitle.Shown);
        }
    }

    public static class EventQueueTests
    {
        private sealed class Loop : SynchronizationContext
        {
            public readonly Queue<(SendOrPostCallback, object)> Posted = new Queue<(SendOrPostCallback, object)>();

            public override void Post(SendOrPostCallback call, object state) => Posted.Enqueue((call, state));

            public void Turn()
            {
                while (Posted.Count > 0)
                {
                    var (call, state) = Posted.Dequeue();
                    call(state);
                }
            }
        }

        public static void What_is_told_waits_for_the_context_in_its_order()
        {
            var loop = new Loop();
            var queue = new EventQueue(loop);
            var told = new List<int>();
            for (var i = 0; i < 3; i++)
            {
                var number = i;
                queue.Post(() => told.Add(number));
            }
            Check.Equal(0, told.Count);
            Check.Equal(1, loop.Posted.Count);
            loop.Turn();
            Check.Sequence(new[] { 0, 1, 2 }, told);
        }

        public static void A_handler_that_fails_surfaces_and_the_rest_is_told()
        {
            var loop = new Loop();
            var queue = new EventQueue(loop);
            var told = 0;
            queue.Post(() => throw new SkaldcastException("a fault of the game"));
            queue.Post(() => told++);
            Check.Throws<SkaldcastException>(loop.Turn);
            loop.Turn();
            Check.Equal(1, told);
        }

        public static void The_oldest_of_too_many_are_dropped_and_counted()
        {
            var loop = new Loop();
            var queue = new EventQueue(loop);
            var told = new List<int>();
            for (var i = 0; i < EventQueue.Most + 5; i++)
            {
                var number = i;
                queue.Post(() => told.Add(number));
            }
            loop.Turn();
            Check.Equal(5L, queue.Dropped);
            Check.Equal(5, told[0]);
            Check.Equal(EventQueue.Most, told.Count);
        }

        public static void Without_a_context_one_is_told_after_the_other()
        {
            var queue = new EventQueue(null);
            var told = new List<int>();
            using (var done = new ManualResetEvent(false))
            {
                for (var i = 0; i < 1000; i++)
                {
                    var number = i;
                    queue.Post(() => told.Add(number));
                }
                queue.Post(() => done.Set());
                Check.True(done.WaitOne(60_000));
            }
            Check.Sequence(Enumerable.Range(0, 1000).ToArray(), told);
        }
    }
}
