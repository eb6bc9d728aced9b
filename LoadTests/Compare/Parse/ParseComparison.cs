using System.CommandLine;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.LoadTests.Measuring;
using AkkaPrivacy.Operators.Parse;

namespace AkkaPrivacy.LoadTests.Compare.Parse;

/// <summary><c>compare parse</c>, <c>compare parse-log</c> and <c>compare parse-csv</c>: from bytes to fields.</summary>
internal static class ParseComparison
{
    private const int Events = 200_000;
    private const int Seed = 20260301;

    private static readonly FieldDefinition Time =
        new() { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event };

    /// <summary>Builds the command for JSON.</summary>
    /// <returns>The command.</returns>
    public static Command CreateJsonCommand() => new ComparisonCommand(
        "parse",
        $"Read {JsonLines.LineBytes}-byte JSON lines of four fields (time, two texts, a number), on one thread.",
        """

        parse        the product: lines cut and parsed into columns
        cut          the part of it that cuts lines
        Utf8JsonReader
                     baseline: a reader a line, keys and values as strings
        tuned-reader baseline: the same without strings for keys and time
        JsonDocument baseline: a document a line
        """,
        _ => JsonContenders());

    /// <summary>Builds the command for log lines.</summary>
    /// <returns>The command.</returns>
    public static Command CreateLogCommand() => new ComparisonCommand(
        "parse-log",
        "Read combined log lines (client, time, path, query, status, bytes, user agent), on one thread.",
        """

        parse        the product: lines cut and parsed into columns
        Regex        baseline: a regular expression made into code by the compiler, groups as strings
        """,
        _ => LogContenders());

    /// <summary>Builds the command for comma-separated values.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCsvCommand() => new ComparisonCommand(
        "parse-csv",
        "Read comma-separated values of five columns (time, user, page, ms and a title in quotes), of which four are mapped, on one thread.",
        """

        parse        the product: records cut and parsed into columns
        cut          the part of it that cuts records
        loop         baseline: a loop over the bytes that knows quotes, texts as strings
        """,
        _ => CsvContenders());

    private static List<Contender> CsvContenders()
    {
        byte[] lines = CsvLines.Create(Events, Seed);
        var run = new ParseRun(new ParseCsv(new DataMap([Time, Text("user"), Text("title"), Number("ms")])), isCsv: true);
        return Checked(
        [
            new("parse", ContenderRole.Subject, () => run.CutAndParse(lines)),
            new("cut", ContenderRole.Variant, () => run.Cut(lines)),
            new("loop", ContenderRole.Baseline, () => CsvLines.WithLoop(lines)),
        ]);
    }

    private static List<Contender> JsonContenders()
    {
        byte[] lines = JsonLines.Create(Events, Seed);
        var run = new ParseRun(new ParseJsonLines(new DataMap([Time, Text("user"), Text("page"), Number("ms")])));
        return Checked(
        [
            new("parse", ContenderRole.Subject, () => run.CutAndParse(lines)),
            new("cut", ContenderRole.Variant, () => run.Cut(lines)),
            new("Utf8JsonReader", ContenderRole.Baseline, () => JsonBaselines.Reader(lines)),
            new("tuned-reader", ContenderRole.Baseline, () => JsonBaselines.TunedReader(lines)),
            new("JsonDocument", ContenderRole.Baseline, () => JsonBaselines.Document(lines)),
        ]);
    }

    private static List<Contender> LogContenders()
    {
        byte[] lines = LogLines.Create(Events, Seed);
        DataMap map = new([Time, Text("client"), Text("path"), Text("query"), Number("status"), Number("bytes"), Text("user-agent")]);
        var run = new ParseRun(new ParseCombinedLog(map));
        return Checked(
        [
            new("parse", ContenderRole.Subject, () => run.CutAndParse(lines)),
            new("Regex", ContenderRole.Baseline, () => LogLines.WithRegex(lines)),
        ]);
    }

    // A parser that leaves lines out would win.
    private static List<Contender> Checked(List<Contender> contenders)
    {
        foreach (Contender contender in contenders)
        {
            if (contender.Pass() != Events)
            {
                throw new InvalidOperationException($"{contender.Name} did not read all {Events} lines.");
            }
        }

        return contenders;
    }

    private static FieldDefinition Text(string name) => new() { Name = name, Type = FieldType.Text, Class = FieldClass.Attribute };

    private static FieldDefinition Number(string name) => new() { Name = name, Type = FieldType.Integer, Class = FieldClass.Measure };
}
