using System.Text;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Hosting.Keys;
using AkkaPrivacy.Operators.Enrich;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Everything that reads bytes.</summary>
internal static class FuzzTargets
{
    private static readonly DataMap Map = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "a", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "b", Type = FieldType.Integer, Class = FieldClass.Measure },
        new FieldDefinition { Name = "c", Type = FieldType.Decimal, Class = FieldClass.Measure, Resolution = 0.05m },
        new FieldDefinition { Name = "user", From = "dé", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment() },
    ]);

    private static readonly DataMap Log = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "path", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "query", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "status", Type = FieldType.Integer, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "bytes", Type = FieldType.Integer, Class = FieldClass.Measure },
        new FieldDefinition { Name = "agent", From = "user-agent", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "client", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment() },
    ]);

    /// <summary>Pieces of JSON.</summary>
    internal static readonly string[] JsonTokens =
        ["{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0061", "\\ud800", "\\udc00", "null", "true", "false", "-0", "1e999", "-9223372036854775808", "0.05", "\0", "\uFEFF", "é", "\"a\":", "\"time\":1431857103000,", " ", "\t", "\r", "\n"];

    private static readonly string[] CsvTokens = ["\"", "\"\"", ",", "\n", "\r\n", "\r", "time", "a", "1431857103.5", "é", "\0", "\uFEFF", "'", ";", "-", "NaN"];

    /// <summary>All targets.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("json", () => Texts(
            """{"time":"2015-05-17T10:05:03Z","a":"x\u00e9\n","b":12,"c":0.15,"dé":"u@x.org","e":[1,{"f":null}]}""",
            """{"time":1431857103000,"a":7,"b":-9223372036854775807,"c":1e3,"dé":null}""",
            """{"b":1,"b":"1","time":"2015-05-17T10:05:03.123+02:00","x":{"y":[[[[]]]]}}"""), JsonTokens, () => LineTarget.Start(new ParseJsonLines(Map), Oracles.Json)),
        new("nginx", () => Texts(
            """{"time":"17/May/2015:10:05:03 +0000","a":"-","b":"007","c":"0.042","dé":"\x16\x03"}""",
            """{"time":"1431857103.123","a":"","b":-,"c":"1e-3","dé":"x"}"""), [.. JsonTokens, "\\x", "\\xFF", "\"-\"", "-"], () => LineTarget.Start(new ParseNginxJson(Map))),
        new("log", () => Texts(
            """10.0.0.1 - ann b [17/May/2015:10:05:03 +0000] "GET /a?b=c HTTP/1.1" 200 512 "http://x/" "Mozilla/5.0 (X11)" """,
            """::1 - - [17/May/2015:10:05:60 -0700] "\x16\x03" - - "-" "-\"\\" "more" """,
            """h - - [01/Jan/1970:00:00:00 +0000] "GET /" 404 0"""), ["\"", "\\", "[", "]", " ", "-", "?", "HTTP/1.1", "\0", "é", "\\\"", "29/Feb/2016", "999999999999999999999"], () => LineTarget.Start(new ParseCombinedLog(Log))),
        new("csv", () => Texts(
            "time,a,b,c,dé\n1431857103.5,x,1,0.05,u\n1431857104.5,\"y\"\"\n,z\",2,1,v\r\n",
            "a,time\n\"\",1431857103.5\n\"é\",1431857104.5\n,1431857104.5\n"), CsvTokens, CsvTarget.Start),
        new("hocon", () => Texts(
            "a { b = 1, c = ${a.b} [1, 2] ${?X}\n d += \"x\" }\na.e = 10s # c\n\"\"\"t\"\"\" : {}",
            "pipeline { name = site\n source = { type = file, path = \"x\" }\n queries { q { window = 1h, noise { epsilon = 0.5 } } } }",
            "a = ${b}${c}\nb = {x:1}\nc = {y : ${a.x}}\nd = [${a}]\nd += 2"), ["${", "}", "${?", "{", "[", "]", "=", "+=", ":", ",", "\n", "\"\"\"", "\"", "include ", "include file(\"x\")", "a", "b", ".", "#", "//", "\\u", "10s", "null", "\0", "é"], () => Hocon),
        new("keyfile", () => Texts(new string('a', 64), new string('0', 63) + "f\n", new string('F', 64) + "\r\n", "", "secret"), ["\n", "\r\n", "00", "g", "\0", "é", " "], KeyFileTarget.Start),
        new("table-csv", () => Texts("site,rate,label\nx,5,one\n\"y\"\"\",6,\"t\nwo\"\nz,,\n"), ["\"", "\"\"", ",", "\n", "\r\n", "site", "-1", "9223372036854775807", "é", "\uFEFF", "\0"], () => input => Table(input, TableFormat.Csv)),
        new("table-json", () => Texts("{\"site\":\"x\",\"rate\":5,\"label\":\"one\"}\n\n{\"site\":\"y\",\"rate\":null}\n"), JsonTokens, () => input => Table(input, TableFormat.JsonLines)),
        new("release", () => [ReleaseTarget.Sample()], [.. JsonTokens, "window", "receipt", "2026-03-01T00:00:00Z", "NaN", "1e400", "\"groups\":[]"], () => Release),
        .. SnapshotTargets.All,
        .. ConfigurationTargets.All,
        .. CompressedTargets.All,
        .. WireTargets.All,
        IngestTarget.Target,
        WebhookTarget.Target,
    ];

    /// <summary>Texts as UTF-8.</summary>
    internal static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static bool Hocon(byte[] input)
    {
        try
        {
            HoconDocument.Parse(Encoding.UTF8.GetString(input), "fuzz").Resolve(_ => null);
            return true;
        }
        catch (HoconException)
        {
            return false;
        }
    }

    private static bool Table(byte[] input, TableFormat format)
    {
        var options = new LookupTableOptions
        {
            Name = "sites",
            File = "sites",
            Format = format,
            Open = () => new MemoryStream(input),
            Key = "site",
            Columns =
            [
                new FieldDefinition { Name = "rate", Type = FieldType.Integer, Class = FieldClass.Measure },
                new FieldDefinition { Name = "label", Type = FieldType.Text, Class = FieldClass.Attribute },
            ],
        };
        var loader = new TableLoader(options, ColumnType.Text, null, [null, null]);
        return (loader.Load() is null) == (loader.Mistakes.Count > 0)
            ? loader.Mistakes.Count == 0
            : throw new FuzzMismatchException("a table without mistakes was not loaded");
    }

    private static bool Release(byte[] input)
    {
        Release release;
        try
        {
            release = ReleaseJson.Read(input);
        }
        catch (FormatException)
        {
            return false;
        }

        // What was read is written and read again to the same text.
        var text = ReleaseJson.ToUtf8(release);
        return ReleaseJson.ToUtf8(ReleaseJson.Read(text)).AsSpan().SequenceEqual(text) ? true : throw new FuzzMismatchException("a release changes when it is written and read");
    }
}
