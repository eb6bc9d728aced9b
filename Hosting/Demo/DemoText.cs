using System.Globalization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Hosting.Commands;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary>The demo's result for people.</summary>
/// <param name="output">Where to.</param>
/// <param name="showAll">Whether every group is shown, or only the largest of each window.</param>
internal sealed class DemoText(TextWriter output, bool showAll)
{
    private const int GroupsShown = 5;

    /// <summary>Writes tables, totals and what to try next.</summary>
    /// <param name="result">The result.</param>
    public void Write(DemoResult result)
    {
        if (result.Values.Count > 0)
        {
            WriteValues(result.Values);
        }

        WriteTotals(result);
        WriteNext(result.Options);
    }

    private void WriteValues(IReadOnlyList<DemoValue> values)
    {
        var table = new TextTable("window (UTC)", "query", "page or site", ">published", ">95% interval", ">true*", ">bounded*", "covered*");
        var hidden = 0;
        foreach (var release in values.GroupBy(value => (value.Query, value.Window)))
        {
            // By published value: an order by anything else would show more than was published.
            var groups = release.OrderByDescending(value => value.Value).ToList();
            var shown = showAll ? groups.Count : Math.Min(GroupsShown, groups.Count);
            hidden += groups.Count - shown;
            groups.Take(shown).ToList().ForEach(value => table.Add(Cells(value)));
        }

        table.Write(output);
        if (hidden > 0)
        {
            output.WriteLine(Invariant($"  {hidden} smaller groups are published too; --all shows them."));
        }

        output.WriteLine("* Known because the traffic is made up, and shown in the demo only. 'bounded' is the true value after each visitor's");
        output.WriteLine("  contribution was limited, before noise: it is what the interval covers.");
        output.WriteLine();
    }

    private static string[] Cells(DemoValue value) =>
    [
        Window(value),
        value.Query,
        value.Group.Count == 0 ? "(all)" : string.Join(", ", value.Group),
        Invariant($"{value.Value:#,0}"),
        Invariant($"{value.Low:#,0} to {value.High:#,0}"),
        Invariant($"{value.True:#,0}"),
        Invariant($"{value.BoundedTrue:#,0}"),
        value.IsCovered ? "yes" : "no",
    ];

    private void WriteTotals(DemoResult result)
    {
        var summary = result.Summary;
        output.WriteLine(Invariant($"{summary.RowsRead:#,0} events read in {result.Elapsed.TotalSeconds:0.0} s ({summary.RowsRead / Math.Max(1e-3, result.Elapsed.TotalSeconds):#,0} a second, making them included)."));
        WriteDeadLetters(summary);
        output.WriteLine(Invariant($"{summary.Released} releases were drawn and charged in this run, {summary.Replayed} were there before and are unchanged."));
        if (result.Coverage is { } coverage)
        {
            output.WriteLine(Invariant($"{100 * coverage:0.0} % of {result.Values.Count} intervals cover the bounded true value; 95 % are meant to.*"));
            WriteBias(result.Values);
        }

        WriteBudget(result);
        foreach (var line in summary.Withheld.Select(withheld => withheld.Refusal.Message).Distinct().Concat(summary.Warnings))
        {
            output.WriteLine(line);
        }

        output.WriteLine();
    }

    private void WriteDeadLetters(RunSummary summary)
    {
        var reasons = summary.DeadLetters.Where(pair => pair.Key != DeadLetterReason.UnknownKey).Select(pair => Invariant($"{pair.Value:#,0} {Words(pair.Key.ToString())}"));
        output.WriteLine($"Rows left out: {string.Join(", ", reasons.DefaultIfEmpty("none"))}.");
        output.WriteLine(Invariant($"Fields outside the data map that were dropped, here the cookies: {summary.UnmappedFields:#,0}."));
        if (summary.DeadLetters.GetValueOrDefault(DeadLetterReason.UnknownKey) is > 0 and var others)
        {
            output.WriteLine(Invariant($"Rows of pages that are not among the known ones: {others:#,0}; they count in the other queries."));
        }
    }

    private void WriteBias(IReadOnlyList<DemoValue> values)
    {
        var queries = values.GroupBy(value => value.Query).Select(query => Invariant(
            $"{query.Key} {query.Average(value => (double)(value.BoundedTrue - value.True)):0.0} (of {query.Average(value => (double)value.True):#,0.0})"));
        output.WriteLine($"Bounding bias, the mean of bounded minus true*: {string.Join(", ", queries)}.");
    }

    private void WriteBudget(DemoResult result)
    {
        if (result.Account is { } account)
        {
            output.WriteLine(Invariant($"Spent of each visitor's budget on {DateTimeOffset.FromUnixTimeMilliseconds(account.PeriodStartMs):yyyy-MM-dd}: {Cost(account.Spent)}. Left: {Cost(account.Left)}."));
        }
    }

    private void WriteNext(DemoOptions options)
    {
        var store = options.Store.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-".Contains(letter)) ? options.Store : $"'{options.Store}'";
        var again = $"{(options.Traffic.Events == DemoOptions.DefaultEvents ? "" : Invariant($" --events {options.Traffic.Events}"))}{(options.Store == DemoOptions.DefaultStore ? "" : $" --db {store}")}";
        output.WriteLine($"Releases and ledger are in {options.Store}. What to try next:");
        output.WriteLine(Invariant($"  akkaprivacy demo{again}{(options.Traffic.Seed == 1 ? "" : Invariant($" --seed {options.Traffic.Seed}"))}"));
        output.WriteLine("      the same again: spends nothing, publishes the same numbers");
        output.WriteLine(Invariant($"  akkaprivacy demo{again} --seed {options.Traffic.Seed + 1}"));
        output.WriteLine("      another population, which has a budget of its own");
        output.WriteLine($"  sqlite3 {store} \"SELECT pipeline, query, window_start, group_key, value, low, high FROM releases\"");
        output.WriteLine("      the published numbers as a table");
        output.WriteLine("  akkaprivacy check hocon/demo.conf");
        output.WriteLine("      what is published, at what cost, with what expected error");
        output.WriteLine("In a clone, 'akkaprivacy' stands for 'dotnet run -c Release --project Hosting --'.");
    }

    private static string Cost(PrivacyCost cost) =>
        Invariant($"epsilon {cost.Epsilon:0.#########}{(cost.AttoDelta == 0 ? "" : Invariant($", delta {cost.Delta:0.###e-0}"))}");

    private static string Window(DemoValue value)
    {
        var (start, end) = (value.Window.Start, value.Window.End);
        return (end - start).TotalDays >= 1 ? Invariant($"{start:yyyy-MM-dd}") : Invariant($"{start:HH:mm} to {end:HH:mm}");
    }

    private static string Words(string name) => string.Concat(name.Select((letter, i) => char.IsUpper(letter) && i > 0 ? $" {char.ToLowerInvariant(letter)}" : char.ToLowerInvariant(letter).ToString()));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
