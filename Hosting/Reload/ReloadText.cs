using AkkaPrivacy.Hosting.Commands;

namespace AkkaPrivacy.Hosting.Reload;

/// <summary>Prints a reload, for people.</summary>
internal static class ReloadText
{
    /// <summary>Writes a reload.</summary>
    /// <param name="reload">The reload.</param>
    /// <param name="output">Where to.</param>
    public static void Write(ReloadDocument reload, TextWriter output)
    {
        output.WriteLine($"Pipeline '{reload.Pipeline}'{(reload.Same ? ": nothing changes that gives numbers their meaning" : string.Empty)}");
        var queries = new TextTable("query", "change", "releases", "state of open windows");
        foreach (var query in reload.Queries)
        {
            queries.Add(query.Name, query.Change, Releases(query), State(query));
        }

        queries.Write(output);
        output.WriteLine();
        if (!reload.Same)
        {
            var groups = new TextTable("composition group", "change", "a period costs", "will cost");
            foreach (var group in reload.CompositionGroups)
            {
                groups.Add(group.Name, group.Change, $"{group.PeriodCostBefore}", $"{group.PeriodCostAfter}");
            }

            groups.Write(output);
            output.WriteLine();
            output.WriteLine($"A period costs {reload.Period.CostBefore} and will cost {reload.Period.CostAfter} of {reload.Period.Budget}.");
        }

        WritePeriods(reload.OpenPeriods, output);
        foreach (var refusal in reload.Refusals)
        {
            output.WriteLine($"Refused: {refusal}.");
        }

        output.WriteLine(
            reload.Applied ? "The new plan is in force. Run its file, with the same options, to go on after the run has ended."
            : reload.Refusals.Count > 0 ? "Nothing was changed; the run goes on as it was."
            : "Nothing was changed: a reload would do this.");
    }

    /// <summary>Writes what periods have left.</summary>
    /// <param name="periods">The periods that are open.</param>
    /// <param name="output">Where to.</param>
    public static void WritePeriods(IReadOnlyList<OpenPeriod> periods, TextWriter output)
    {
        foreach (var period in periods)
        {
            output.WriteLine(FormattableString.Invariant(
                $"The period from {period.Start:u} is open: {period.Spent} spent, {period.Left} left, at most {period.MayCharge} more to be charged{(period.Fits ? string.Empty : "; windows would be withheld")}."));
        }
    }

    private static string Releases(ReloadQuery query) => query.Change switch
    {
        "kept" => "stay in force",
        "new" => "none so far",
        "ended" => "stay as they are, none to come",
        _ => "refused: same name, other numbers",
    };

    private static string State(ReloadQuery query) => query switch
    {
        { Change: "kept", KeepsState: true } => "goes on",
        { Change: "ended", Dropped: null } => "none is open",
        { Change: "ended" } => $"dropped, {query.Dropped}",
        { Change: "kept" } => $"dropped, {query.Dropped}; begins again{From(query)}",
        { Change: "new" } => $"begins{From(query)}",
        _ => string.Empty,
    };

    private static string From(ReloadQuery query) => query.FirstWindow is { } first ? FormattableString.Invariant($" with the window from {first:u}") : " with the first window that is read in full";
}
