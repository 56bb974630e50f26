using System.Linq;

namespace Skaldcast.Tests
{
    public static class OutboxTests
    {
        private static Pending Of(JsonObject message) => new Pending(message, _ => { }, _ => { });

        public static void One_too_many_is_refused()
        {
            var outbox = new Outbox();
            for (var i = 0; i < Outbox.MaxRequests; i++)
            {
                Check.True(outbox.Add(Of(Requests.Pause())));
            }
            Check.True(!outbox.Add(Of(Requests.Pause())));
            Check.Equal(Outbox.MaxRequests, outbox.TakeUnsent(0.0).Count);
            outbox.Settle("1");
            Check.True(outbox.Add(Of(Requests.Pause())));
            Check.Equal(1, outbox.TakeUnsent(0.0).Count);
        }

        public static void Pieces_that_wait_are_put_together()
        {
            var outbox = new Outbox();
            for (var i = 0; i < 300; i++)
            {
                Check.True(outbox.Add(Of(Requests.SayAppend("a", "on ", 3 * i))));
            }
            var sent = outbox.TakeUnsent(0.0).Single();
            Check.Equal(900, sent.Text("text").Length);
            Check.Equal(0L, sent.Whole("start"));
            outbox.Add(Of(Requests.SayAppend("a", "more", 900)));
            Check.Equal(2, outbox.Count); // what was sent is not changed
        }

        public static void Pieces_of_other_cues_and_long_ones_stay_apart()
        {
            var outbox = new Outbox();
            outbox.Add(Of(Requests.SayAppend("a", "x", 0)));
            outbox.Add(Of(Requests.SayAppend("b", "x", 0)));
            outbox.Add(Of(Requests.SayAppend("b", new string('x', Outbox.MergedCharacters), 1)));
            outbox.Add(Of(Requests.SayFinish("b")));
            outbox.Add(Of(Requests.SayAppend("a", "x", 1)));
            Check.Equal(5, outbox.Count);
        }
    }
}
