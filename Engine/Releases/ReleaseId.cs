using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>
/// Names a release before it exists. Nothing about the data is in it, so a replay asks for the same id and
/// gets the stored release back.
/// </summary>
/// <param name="Account">The ledger account that is charged.</param>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Query">The query's name inside the pipeline.</param>
/// <param name="PlanHash">Hash of everything that gives the numbers their meaning; 16 hexadecimal digits.</param>
/// <param name="Window">The window.</param>
public sealed record ReleaseId(string Account, string Pipeline, string Query, string PlanHash, TimeWindow Window)
{
    /// <summary>The id as stored and as sinks use it: parts joined by <c>|</c>, the window's start in
    /// milliseconds padded so that ids of one query sort by time.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        $"{Account}|{Pipeline}|{PlanHash}|{Query}|{Window.StartMs + 1_000_000_000_000_000L:D16}|{Window.EndMs - Window.StartMs}";
}
