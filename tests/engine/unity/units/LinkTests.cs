using System.Collections.Generic;
using System.Linq;

namespace Skaldcast.Tests
{
    /// <summary>An owner that writes down what it is told, and a link whose clock the test turns.</summary>
    internal sealed class LinkBench : ILinkOwner
    {
        public readonly List<string> Told = new List<string>();
        public readonly List<JsonObject> Sent = new List<JsonObject>();
        public readonly Session Session;
        public readonly Link Link;
        public double Now;
        public JsonObject First;

        public LinkBench(string password = "", Policy policy = Policy.Queue)
        {
            Session = new Session("test", password, null, policy);
            Link = new Link("ws://here", Session, () => 1.0, this);
        }

        public static LinkBench Connected()
        {
            var bench = new LinkBench();
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Greet("first", false);
            bench.Told.Clear();
            bench.Sent.Clear();
            return bench;
        }

        public void Greet(string session, bool resumed)
        {
            Say("{\"type\":\"hello\",\"protocol\":1,\"server\":\"s\",\"features\":[]}");
            Say($"{{\"type\":\"identified\",\"session\":\"{session}\",\"resumed\":{(resumed ? "true" : "false")}}}");
        }

        public void Say(string frame) => Link.OnText(frame, Now);

        public void Event(long seq) => Say($"{{\"type\":\"cue_started\",\"seq\":{seq},\"cue_id\":\"{seq}\"}}");

        public Pending Ask(JsonObject message, bool oneConnection = false)
        {
            var type = message.Text("type");
            var request = new Pending(
                message, reply => Told.Add($"{type} done"), error => Told.Add($"{type} failed: {error.Message}"), oneConnection);
            Check.True(Link.Add(request, Now));
            return request;
        }

        public string[] SentTypes() => Sent.Select(message => message.Text("type")).ToArray();

        public void Connect() => Told.Add("connect");

        public void Send(string frame) => Sent.Add(JsonObject.Parse(frame));

        public void Drop() => Told.Add("drop");

        public void OnConnected(bool resumed)
        {
            Told.Add($"connected {resumed}");
            if (First != null)
            {
                Link.AddFirst(new Pending(First, _ => { }, _ => { }));
            }
        }

        public void OnLost(int code, string reason) => Told.Add($"lost {code}");

        public void OnRefused(ConnectionEndedException error) => Told.Add($"refused {error.Code}");

        public void OnEvent(JsonObject message) => Told.Add($"event {message.Whole("seq")}");

        public void OnFailed(int code, string reason) => Told.Add($"failed {code}");
    }

    public static class LinkTests
    {
        private const string Hello = "{\"type\":\"hello\",\"protocol\":1,\"server\":\"s\",\"features\":[],"
            + "\"auth\":{\"challenge\":\"c\",\"salt\":\"s\"}}";

        public static void A_channel_of_its_own_is_asked_for()
        {
            var bench = new LinkBench(policy: Policy.Session);
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Greet("first", false);

            Check.Equal("session", bench.Sent.Single().Text("policy"));
        }

        public static void It_connects_when_it_is_polled_and_identifies()
        {
            var bench = new LinkBench();
            bench.Link.Poll(0.0);
            Check.Equal(0, bench.Told.Count);
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Greet("first", false);
            Check.Sequence(new[] { "connect", "connected False" }, bench.Told);
            Check.Equal("{\"type\":\"identify\",\"protocol\":1,\"client\":\"test\"}", bench.Sent.Single().ToString());
            Check.Equal(LinkState.Ready, bench.Link.State);
        }

        public static void A_password_answers_the_challenge_and_is_not_sent()
        {
            var bench = new LinkBench("open sesame");
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Say(Hello);
            var sent = bench.Sent.Single();
            Check.Equal(44, sent.Text("auth").Length);
            Check.True(!sent.ToString().Contains("sesame"));
        }

        public static void Without_a_password_an_engine_that_asks_for_one_is_final()
        {
            var bench = new LinkBench();
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Say(Hello);
            Check.Sequence(new[] { "connect", "drop", "refused 4009" }, bench.Told);
            Check.Equal(LinkState.Off, bench.Link.State);
        }

        public static void An_engine_that_is_older_is_final()
        {
            var bench = new LinkBench();
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Say("{\"type\":\"hello\",\"protocol\":0,\"server\":\"s\"}");
            Check.Equal("refused 4010", bench.Told.Last());
        }

        public static void What_says_no_hello_is_no_engine()
        {
            var bench = new LinkBench();
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Say("{\"greeting\":1}");
            Check.Equal("refused 0", bench.Told.Last());
        }

        public static void Waits_between_tries_double_up_to_a_bound_and_begin_anew()
        {
            var bench = new LinkBench();
            bench.Link.Open(0.0);
            var waits = new List<double>();
            for (var i = 0; i < 8; i++)
            {
                bench.Link.Poll(bench.Now);
                bench.Link.OnClosed(-1, "no", bench.Now);
                waits.Add(System.Math.Round(bench.Link.DueS - bench.Now, 6));
                bench.Now = bench.Link.DueS;
            }
            Check.Sequence(new[] { 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0 }, waits);
            bench.Link.Poll(bench.Now);
            bench.Greet("first", false);
            bench.Link.OnClosed(-1, "no", bench.Now);
            Check.Equal(0.1, System.Math.Round(bench.Link.DueS - bench.Now, 6));
            Check.Equal(2, bench.Told.Count(told => told == "lost -1")); // once for each loss
        }

        public static void It_resumes_after_the_last_event_and_tells_each_once()
        {
            var bench = LinkBench.Connected();
            bench.Event(1);
            bench.Event(2);
            bench.Link.OnClosed(-1, "", 0.0);
            bench.Link.Poll(bench.Link.DueS);
            bench.Greet("first", true);
            var resume = bench.Sent.Last().Object("resume");
            Check.Equal("first", resume.Text("session"));
            Check.Equal(2L, resume.Whole("last_seq"));
            bench.Event(2);
            bench.Event(3);
            Check.Sequence(
                new[] { "event 1", "event 2", "drop", "lost -1", "connect", "connected True", "event 3" }, bench.Told);
        }

        public static void A_new_session_counts_from_one()
        {
            var bench = LinkBench.Connected();
            bench.Event(1);
            bench.Link.OnClosed(1001, "", 0.0);
            bench.Link.Poll(bench.Link.DueS);
            bench.Greet("second", false);
            bench.Event(1);
            Check.Equal("event 1", bench.Told.Last());
        }

        public static void Where_an_event_is_missing_the_engine_is_asked_again()
        {
            var bench = LinkBench.Connected();
            bench.Event(2);
            Check.Sequence(new[] { "drop", "lost -1" }, bench.Told);
            Check.Equal(0L, bench.Session.LastSeq);
        }

        public static void A_frame_that_makes_no_sense_ends_the_connection_only()
        {
            var bench = LinkBench.Connected();
            bench.Say("no JSON");
            Check.Equal(LinkState.Waiting, bench.Link.State);
            bench.Say("{}"); // of the connection that was given up
            Check.Equal(LinkState.Waiting, bench.Link.State);
        }

        public static void After_some_close_codes_no_try_is_made()
        {
            foreach (var code in new[] { 4002, 4007, 4009, 4010, 4011 })
            {
                var bench = LinkBench.Connected();
                bench.Ask(Requests.Pause());
                bench.Link.OnClosed(code, "no", 0.0);
                Check.Sequence(new[] { "drop", "pause failed: no", $"refused {code}" }, bench.Told);
                Check.True(double.IsPositiveInfinity(bench.Link.DueS));
            }
        }

        public static void Requests_wait_for_the_connection_in_their_order()
        {
            var bench = new LinkBench();
            bench.Ask(Requests.Pause());
            bench.Ask(Requests.Resume());
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Greet("first", false);
            Check.Sequence(new[] { "identify", "pause", "resume" }, bench.SentTypes());
        }

        public static void What_must_come_first_is_sent_before_what_waited()
        {
            var bench = new LinkBench { First = Requests.ListVoices() };
            bench.Ask(Requests.Pause());
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Greet("first", false);
            bench.Ask(Requests.Resume());
            Check.Sequence(new[] { "identify", "list_voices", "pause", "resume" }, bench.SentTypes());
        }

        public static void A_reply_belongs_to_its_request()
        {
            var bench = LinkBench.Connected();
            bench.Ask(Requests.Pause());
            bench.Ask(Requests.Resume());
            bench.Say($"{{\"type\":\"error\",\"id\":\"{bench.Sent[1].Text("id")}\",\"code\":500,\"text\":\"no\"}}");
            bench.Say($"{{\"type\":\"ok\",\"id\":\"{bench.Sent[0].Text("id")}\"}}");
            bench.Say("{\"type\":\"ok\",\"id\":\"99\"}");
            Check.Sequence(new[] { "resume failed: no", "pause done" }, bench.Told);
        }

        public static void An_error_of_no_request_is_the_engines()
        {
            var bench = LinkBench.Connected();
            bench.Say("{\"type\":\"error\",\"id\":\"\",\"code\":501,\"text\":\"no\"}");
            bench.Say("{\"type\":\"error\",\"id\":\"once\",\"code\":204,\"text\":\"no\"}");
            Check.Sequence(new[] { "failed 501" }, bench.Told);
        }

        public static void What_was_sent_is_sent_again_where_that_does_no_more()
        {
            var bench = LinkBench.Connected();
            bench.Ask(Requests.Say("Hi", cueId: "a"));
            bench.Ask(Requests.Skip());
            bench.Ask(Requests.Skip("a"));
            bench.Ask(Requests.GetState(), oneConnection: true);
            bench.Link.OnClosed(-1, "", 0.0);
            Check.Sequence(
                new[]
                {
                    "drop", "skip failed: the connection was lost before the reply: look before a new try",
                    "get_state failed: the connection was lost before the reply: look before a new try", "lost -1",
                },
                bench.Told);
            bench.Sent.Clear();
            bench.Link.Poll(bench.Link.DueS);
            bench.Greet("first", true);
            Check.Sequence(new[] { "identify", "say", "skip" }, bench.SentTypes());
        }

        public static void An_engine_that_does_not_let_us_in_is_given_up()
        {
            var bench = new LinkBench();
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Link.Poll(Link.OpeningS - 0.01);
            Check.Equal(LinkState.Opening, bench.Link.State);
            bench.Link.Poll(Link.OpeningS);
            Check.Sequence(new[] { "connect", "drop", "lost -1" }, bench.Told);
        }

        public static void A_connection_on_which_nothing_comes_is_probed_and_given_up()
        {
            var bench = LinkBench.Connected();
            bench.Link.OnBytes(5.0);
            bench.Link.Poll(5.0 + Link.IdleS - 0.01);
            Check.Equal(0, bench.Sent.Count);
            bench.Link.Poll(5.0 + Link.IdleS);
            Check.Sequence(new[] { "get_state" }, bench.SentTypes());
            bench.Link.Poll(5.0 + Link.IdleS + Link.ReplyS);
            Check.Equal("lost -1", bench.Told.Last());
        }

        public static void What_waits_fails_when_it_is_closed()
        {
            var bench = LinkBench.Connected();
            bench.Ask(Requests.Pause());
            bench.Link.Close(new SkaldcastException("over"));
            Check.Sequence(new[] { "drop", "pause failed: over" }, bench.Told);
            bench.Link.Open(0.0);
            Check.Equal(LinkState.Waiting, bench.Link.State);
        }

        public static void A_link_that_moves_connects_at_once_and_what_waits_is_sent_there()
        {
            var bench = LinkBench.Connected();
            bench.Now = 5.0;
            bench.Link.Move("ws://there", bench.Now);
            bench.Ask(Requests.GetState());
            bench.Link.Poll(bench.Now);
            bench.Greet("second", false);
            Check.Sequence(new[] { "drop", "lost -1", "connect", "connected False" }, bench.Told);
            Check.Sequence(new[] { "identify", "get_state" }, bench.SentTypes());
        }

        public static void A_link_that_waits_to_come_back_waits_no_longer_when_it_moves()
        {
            var bench = new LinkBench();
            bench.Link.Open(0.0);
            bench.Link.Poll(0.0);
            bench.Link.OnClosed(-1, "nobody", 0.0);
            Check.True(bench.Link.DueS > 0.0);
            bench.Link.Move("ws://there", 0.0);
            Check.Equal(0.0, bench.Link.DueS);
        }

        public static void A_link_that_is_off_opens_when_it_moves()
        {
            var bench = new LinkBench();
            bench.Link.Move("ws://there", 3.0);
            Check.Equal(LinkState.Waiting, bench.Link.State);
            Check.Equal(3.0, bench.Link.DueS);
        }
    }
}
