using System.Globalization;
using Spectre.Console;

namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>Writes a report as a table: framed on a terminal, in plain columns otherwise.</summary>
internal static class TableReport
{
    private static readonly string[] FixedColumns = ["contender", "per second", "spread", "per CPU second", "bytes/event", "peak MiB"];

    /// <summary>Writes the table with Spectre.Console.</summary>
    /// <param name="report">The report.</param>
    /// <param name="console">The terminal.</param>
    public static void WriteFramed(ComparisonReport report, IAnsiConsole console)
    {
        Table table = new Table().Title(Markup.Escape(report.Name)).Caption(Markup.Escape(report.Job));
        List<string[]> rows = Rows(report);
        foreach (string heading in rows[0])
        {
            table.AddColumn(new TableColumn(Markup.Escape(heading)).Alignment(heading == FixedColumns[0] ? Justify.Left : Justify.Right));
        }

        foreach (string[] row in rows.Skip(1))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        console.Write(table);
        foreach (string line in FurtherFigures(report))
        {
            console.WriteLine(line);
        }
    }

    /// <summary>Writes the table as plain text.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Where to.</param>
    public static void WritePlain(ComparisonReport report, TextWriter output)
    {
        output.WriteLine($"{report.Name}: {report.Job}");
        List<string[]> rows = Rows(report);
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }

        foreach (string line in FurtherFigures(report))
        {
            output.WriteLine(line);
        }
    }

    private static IEnumerable<string> FurtherFigures(ComparisonReport report) => report.Results
        .Where(result => result.Contender.Figures.Count > 0)
        .Select(result => $"{result.Contender.Name}: {string.Join(", ", result.Contender.Figures.Select(figure => $"{figure.Name} {Number(figure.Value, "0.##")}"))}");

    private static List<string[]> Rows(ComparisonReport report)
    {
        string[] baselines = [.. report.Results.SelectMany(report.RatiosOf).Select(pair => pair.Baseline).Distinct()];
        bool random = report.Results.Any(result => result.Contender.RandomBytesPerEvent() is not null);
        string[] extra = random ? ["random bytes/event"] : [];
        List<string[]> rows = [[.. FixedColumns, .. extra, .. baselines.Select(name => $"x {name}")]];
        rows.AddRange(report.Results.Select(result => (string[])[.. Figures(result), .. Random(result, random), .. Ratios(report, result, baselines)]));
        return rows;
    }

    private static string[] Figures(ContenderResult result) =>
    [
        result.Contender.Name,
        Number(result.PerSecond, "N0"),
        Number(100 * result.Spread, "F0") + "%",
        Number(result.PerProcessorSecond, "N0"),
        Number(result.BytesPerEvent, "F1"),
        Number(result.PeakMemoryBytes / 1048576.0, "F0"),
    ];

    private static IEnumerable<string> Random(ContenderResult result, bool isShown) =>
        !isShown ? [] : [result.Contender.RandomBytesPerEvent() is { } bytes ? Number(bytes, "F2") : ""];

    private static IEnumerable<string> Ratios(ComparisonReport report, ContenderResult result, string[] baselines)
    {
        var ratios = report.RatiosOf(result).ToDictionary(pair => pair.Baseline, pair => pair.Ratio);
        return baselines.Select(name => ratios.TryGetValue(name, out double ratio) ? Number(ratio, ratio < 10 ? "F2" : "F1") : "");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
