using System.Globalization;
using AkkaPrivacy.Connectors.ConsoleTable;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Prints what a run did, for people.</summary>
internal static class RunText
{
    private const int MostReleases = 500;

    public static void Write(RunReport report, PipelineConfiguration configuration, TextWriter output)
    {
        Releases(report, output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.RowsRead:N0} rows read; {report.Released} windows released now, {report.Replayed} had been released before, {report.Withheld.Count} withheld{(report.Interrupted ? "; interrupted" : string.Empty)}"));
        if (report.UnmappedFields > 0)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.UnmappedFields:N0} fields outside the data map were dropped"));
        }

        DeadLetters(report, output);
        SideOutputs(report, output);
        Budget(report, output);
        Withheld(report, output);
        foreach (var warning in report.Warnings)
        {
            output.WriteLine($"Warning: {warning}");
        }

        Next(report, configuration.Options, output);
    }

    private static void Releases(RunReport report, TextWriter output)
    {
        var table = new TextTable("window", "query", "group", ">value", "interval");
        foreach (var release in report.Releases.Take(MostReleases))
        {
            table.Add(
                $"{release.Window.Start} - {release.Window.End}", release.Query, GroupText.Of(release.Group), Number(release.Value),
                $"{Number(release.Low)} .. {Number(release.High)}");
        }

        if (table.Count == 0)
        {
            output.WriteLine("No value was released yet.");
            return;
        }

        output.WriteLine(FormattableString.Invariant($"Published values of pipeline '{report.Pipeline}', each with its {report.Releases[0].Confidence:0.##%} interval"));
        table.Write(output);
        if (report.Releases.Count > MostReleases)
        {
            output.WriteLine($"  and {report.Releases.Count - MostReleases} more; --json prints all of them");
        }

        output.WriteLine();
    }

    private static void DeadLetters(RunReport report, TextWriter output)
    {
        foreach (var (reason, count) in report.DeadLetters)
        {
            var places = report.DeadLetterPositions.Where(place => place.Reason == reason)
                .Select(place => $"{place.Partition}:{place.Position}{(place.Field.Length > 0 ? $" ({place.Field})" : string.Empty)}")
                .ToList();
            var first = places.Count == 0 ? string.Empty : $"; first at partition:line {string.Join(", ", places)}";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Dead letters, {reason}: {count:N0}{first}"));
        }
    }

    private static void SideOutputs(RunReport report, TextWriter output)
    {
        foreach (var side in report.SideOutputs.Where(side => side.Lines + side.LeftOff > 0))
        {
            var rest = side.LeftOff > 0 ? string.Create(CultureInfo.InvariantCulture, $", and {side.LeftOff:N0} beyond max-lines were left off") : string.Empty;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Side output {side.Name}: {side.Lines:N0} places in {side.Path}{rest}"));
        }
    }

    private static void Budget(RunReport report, TextWriter output)
    {
        if (report.BudgetUnknown is { } why)
        {
            output.WriteLine($"Budget of account '{report.Account}': not known, it did not answer. {why} What was released is stored and charged.");
            return;
        }

        if (report.Spent.Count == 0)
        {
            output.WriteLine($"Budget of account '{report.Account}': nothing spent");
            return;
        }

        output.WriteLine($"Budget of account '{report.Account}'");
        var inRho = report.Spent.Any(spent => spent.Rho is not null);
        var table = new TextTable("period", inRho ? ">rho spent" : ">epsilon spent", ">left", inRho ? ">is epsilon" : ">delta spent", inRho ? ">at delta" : ">left", ">releases");
        foreach (var (spent, left) in report.Spent.Zip(report.Left))
        {
            table.Add(
                $"{spent.Period.Start} - {spent.Period.End}", Number(spent.Rho ?? spent.Epsilon), Number(left.Rho ?? left.Epsilon),
                Number(inRho ? spent.Epsilon : spent.Delta), Number(inRho ? spent.Delta : left.Delta), $"{spent.Releases}");
        }

        table.Write(output);
    }

    private static void Withheld(RunReport report, TextWriter output)
    {
        foreach (var group in report.Withheld.GroupBy(w => (w.Query, w.Code)))
        {
            var first = group.First();
            output.WriteLine($"Withheld, {group.Key.Code}: {group.Count()} windows of {group.Key.Query}, the first is {first.Window.Start} - {first.Window.End}. {first.Message}");
        }
    }

    private static void Next(RunReport report, PipelineOptions options, TextWriter output)
    {
        output.WriteLine();
        if (report.Interrupted)
        {
            output.WriteLine("Next: run the same command again; it goes on where this run stopped.");
        }
        else if (report.Withheld.Count > 0)
        {
            output.WriteLine("Next: 'akkaprivacy check' shows after which window the budget is spent; lower epsilons or bounds.windows, or raise the budget. Withheld windows are kept and asked for again by the next run.");
        }
        else
        {
            output.WriteLine($"Next: run the same command again (it publishes the same numbers and spends nothing), or look into {Place(options.Store)}{Table(options)}.");
        }

        if (report.DeadLetters.Count > 0 && options.SideOutputs.Count == 0)
        {
            output.WriteLine("      --set pipeline.dead-letters.path=dead-letters.jsonl writes the position of every dead letter of a run.");
        }
    }

    private static string Place(StoreOptions store) => store.Postgres is { } server ? $"schema '{server.Schema}'" : store.Path;

    private static string Table(PipelineOptions options) =>
        options.Sinks.FirstOrDefault(sink => sink.Type == SinkType.SqliteTable && sink.Path == options.Store.Path) is { } sink ? $", table '{sink.Table}'" : string.Empty;

    private static string Number(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Number(double value) => value == 0 || value >= 1e-4
        ? value.ToString("0.#########", CultureInfo.InvariantCulture)
        : value.ToString("0.###e-0", CultureInfo.InvariantCulture);
}
