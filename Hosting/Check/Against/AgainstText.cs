using System.Globalization;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Reload;

namespace AkkaPrivacy.Hosting.Check.Against;

/// <summary>Prints what a start on a store would find, for people.</summary>
internal static class AgainstText
{
    /// <summary>Writes a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Where to.</param>
    public static void Write(AgainstReport report, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"A start on store '{report.Store}' {(report.KeepsState ? FormattableString.Invariant($"goes on from stored state, which has read arrivals up to {report.ReadUpTo:u}") : "has no state to go on from and reads the input from its start")}.");
        var queries = new TextTable("query", "plan hash", ">releases", "windows", "");
        foreach (var query in report.Queries)
        {
            queries.Add(query.Name, query.PlanHash, query.Releases.ToString("N0", CultureInfo.InvariantCulture), $"{query.Windows}", Note(query));
        }

        queries.Write(output);
        ReloadText.WritePeriods(report.OpenPeriods, output);
        foreach (var refusal in report.Refusals)
        {
            output.WriteLine($"Refused: {refusal}.");
        }
    }

    private static string Note(AgainstQuery query) => query switch
    {
        { InFile: false } => "not in the file: its releases stay as they are",
        { Withheld: > 0 } => FormattableString.Invariant($"{query.Withheld:N0} withheld, asked for again"),
        { Releases: 0 } => "none so far",
        _ => "stay in force",
    };
}
