using System.Collections.Generic;
using System.Globalization;
using System.Threading;

namespace Skaldcast.Tests
{
    public static class JsonTests
    {
        private static object Read(string text) => new JsonReader(text).ReadDocument();

        public static void Every_kind_of_value_is_read()
        {
            var read = JsonObject.Parse(
                "\t{\"text\":\"a\",\"whole\":-12,\"number\":1.5e2,\"yes\":true,\"no\":false,"
                + "\"nothing\":null,\"list\":[1,[],{}],\"object\":{\"inner\":\"b\"}}\n");
            Check.Equal("a", read.Text("text"));
            Check.Equal(-12L, read.Whole("whole"));
            Check.Equal(150.0, read.Number("number"));
            Check.True(read.IsTrue("yes") && !read.IsTrue("no") && !read.Has("nothing"));
            Check.Equal(3, read.Map("list", value => value).Count);
            Check.Equal("b", read.Object("object").Text("inner"));
        }

        public static void A_whole_number_keeps_all_its_digits()
        {
            Check.Equal((object)9007199254740993L, Read("9007199254740993"));
            Check.Equal((object)1e19, Read("10000000000000000000"));
            Check.Equal(12L, JsonObject.Parse("{\"a\":12.0}").Whole("a"));
        }

        public static void Escapes_and_surrogates_are_read()
        {
            Check.Equal((object)"\"\\/\b\f\n\r\té😀", Read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\uDE00\""));
        }

        public static void What_is_written_reads_as_it_was()
        {
            var made = new JsonObject();
            made["text"] = "Wer da? «Ö» 日本 😀 \u0001 \"\\\n";
            made["number"] = 0.1;
            made["great"] = 1e300;
            made["whole"] = long.MaxValue;
            made["list"] = new List<object> { null, true, "x" };
            var read = JsonObject.Parse(made.ToString());
            Check.Equal(made.Text("text"), read.Text("text"));
            Check.Equal(0.1, read.Number("number"));
            Check.Equal(1e300, read.Number("great"));
            Check.Equal((object)long.MaxValue, read["whole"]);
            Check.Sequence(new object[] { null, true, "x" }, read.Map("list", value => value));
        }

        public static void Half_a_surrogate_pair_is_written_as_a_replacement()
        {
            Check.Equal("\"a\uFFFDb\uFFFD\"", JsonWriter.Write("a\uD83Db\uDE00"));
        }

        public static void Numbers_are_written_alike_in_every_country()
        {
            var before = Thread.CurrentThread.CurrentCulture;
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            german.NumberFormat.NegativeSign = "~";
            Thread.CurrentThread.CurrentCulture = german;
            try
            {
                Check.Equal("-1.5", JsonWriter.Write(-1.5));
                Check.Equal("-2", JsonWriter.Write(-2));
                Check.Equal((object)1.5, Read("1.5"));
            }
            finally
            {
                Thread.CurrentThread.CurrentCulture = before;
            }
        }

        public static void What_is_no_JSON_is_refused()
        {
            var broken = new[]
            {
                "", "{", "[", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "\"a", "\"\\x\"", "\"\\u12g4\"",
                "\"\n\"", "01", "-", "1.", "1e", ".5", "+1", "tru", "nul", "1 2", "[1 2]", "NaN", "\u00a01", "1e999",
                "\"\\", "\"\\u1", "{\"a\":1", "]", "}",
            };
            foreach (var text in broken)
            {
                Check.Throws<JsonException>(() => Read(text));
            }
        }

        public static void What_is_too_deep_is_refused()
        {
            var deep = new string('[', JsonReader.MaxDepth);
            Read(deep + deep.Replace('[', ']'));
            Check.Throws<JsonException>(() => Read("[" + deep));
            Check.Throws<JsonException>(() => Read(new string('[', 1_000_000)));
        }

        public static void Fields_of_another_type_read_as_empty()
        {
            var read = JsonObject.Parse("{\"a\":[1,\"b\",{\"c\":2}],\"n\":1e300}");
            Check.Equal("", read.Text("a"));
            Check.Equal(0.0, read.Number("a"));
            Check.Equal(0L, read.Whole("n"));
            Check.Sequence(new[] { "b" }, read.Texts("a"));
            Check.Sequence(new[] { 2L }, read.MapObjects("a", row => row.Whole("c")));
            Check.Equal(0, read.Texts("missing").Count);
        }
    }
}
