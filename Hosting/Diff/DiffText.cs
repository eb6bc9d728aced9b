using AkkaPrivacy.Hosting.Commands;

namespace AkkaPrivacy.Hosting.Diff;

/// <summary>Prints the difference of two plans, for people.</summary>
internal static class DiffText
{
    /// <summary>Writes a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Where to.</param>
    public static void Write(DiffReport report, TextWriter output)
    {
        if (report.Same)
        {
            output.WriteLine($"Pipeline '{report.Pipeline}': nothing changes that gives numbers their meaning. Releases and state stay in force.");
            return;
        }

        output.WriteLine($"Pipeline '{report.Pipeline}'");
        var queries = new TextTable("query", "change", "releases", "state of open windows");
        foreach (var query in report.Queries)
        {
            queries.Add(query.Name, query.Change, Releases(query), State(query));
        }

        queries.Write(output);
        output.WriteLine();
        var groups = new TextTable("composition group", "change", "a period costs", "will cost");
        foreach (var group in report.CompositionGroups)
        {
            groups.Add(group.Name, group.Change, $"{group.PeriodCostBefore}", $"{group.PeriodCostAfter}");
        }

        groups.Write(output);
        output.WriteLine();
        output.WriteLine($"A period costs {report.Period.CostBefore} and will cost {report.Period.CostAfter} of {report.Period.Budget}{(report.Period.Fits ? string.Empty : "; the budget does not hold it")}. In the period of the change both are charged where both release.");
        foreach (var conflict in report.Conflicts)
        {
            output.WriteLine($"Refused: {conflict}.");
        }
    }

    private static string Releases(DiffQuery query) => query.Change switch
    {
        "kept" => "stay in force",
        "new" => "none so far",
        "ended" => "stay as they are, none to come",
        _ => "refused: same name, other numbers",
    };

    private static string State(DiffQuery query) => query.Change switch
    {
        "kept" => query.KeepsState ? "goes on" : "does not fit: its bounded window has other columns",
        "new" => "begins with the first window that is read in full",
        "ended" => "dropped",
        _ => "",
    };
}
