using System.Linq;

namespace Skaldcast.Tests
{
    public static class ProtocolTests
    {
        public static void The_answer_to_a_challenge_is_that_of_the_documentation()
        {
            var challenge = new Challenge(JsonObject.Parse(
                "{\"challenge\":\"+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=\","
                + "\"salt\":\"lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=\"}"));
            Check.Equal("o6mlA953sb/gv3jLNwFeiAYyAO075gL4yc1qlwNHshg=", Auth.Answer("open sesame", challenge));
        }

        public static void An_event_reads_with_its_types()
        {
            var told = (CueFinished)Events.Read(JsonObject.Parse(
                "{\"type\":\"cue_finished\",\"seq\":7,\"time_s\":1.5,\"cue_id\":\"a\",\"outcome\":\"failed\",\"error\":\"why\"}"));
            Check.Equal(7L, told.Seq);
            Check.Equal(1.5, told.TimeS);
            Check.Equal(Outcome.Failed, told.Outcome);
            Check.Equal("why", told.Error);
        }

        public static void What_is_not_known_of_a_newer_engine_is_passed_over()
        {
            Check.Equal(null, Events.Read(JsonObject.Parse("{\"type\":\"brand_new\",\"seq\":1}")));
            var told = (CueFinished)Events.Read(JsonObject.Parse("{\"type\":\"cue_finished\",\"outcome\":\"new\",\"more\":1}"));
            Check.Equal(Outcome.Unknown, told.Outcome);
            Check.Equal(null, told.Error);
        }

        public static void A_request_has_only_the_fields_that_were_given()
        {
            Check.Equal("{\"type\":\"skip\"}", Requests.Skip().ToString());
            Check.Equal(
                "{\"type\":\"say\",\"text\":\"Hi\",\"priority\":\"interrupt\",\"speed\":1.5}",
                Requests.Say("Hi", priority: Priority.Interrupt, speed: 1.5).ToString());
        }

        public static void Every_word_of_an_enum_reads_as_it_is_written()
        {
            foreach (EventName name in System.Enum.GetValues(typeof(EventName)))
            {
                Check.Equal(name, Wire.ReadEventName(Wire.Of(name)));
            }
            Check.True(!Protocol.Ordinary.Contains(EventName.AudioLevel) && Protocol.Ordinary.Count == 11);
        }

        public static void A_voice_may_be_without_languages()
        {
            var reply = new VoicesOk(JsonObject.Parse("{\"voices\":[{\"voice\":\"tone\",\"available\":true},7]}"));
            Check.Equal("tone", reply.Voices.Single().Voice);
            Check.Equal(0, reply.Voices.Single().Languages.Count);
        }
    }
}
