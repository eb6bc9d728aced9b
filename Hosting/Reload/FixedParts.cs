using AkkaPrivacy.Hosting.Configuration.Options;

namespace AkkaPrivacy.Hosting.Reload;

/// <summary>What a run holds open from its start to its end, and no reload changes.</summary>
internal static class FixedParts
{
    /// <summary>Why a run may not change from one configuration to another; empty when it may.</summary>
    /// <param name="before">What runs.</param>
    /// <param name="after">What is to run.</param>
    /// <returns>One sentence for each part that differs.</returns>
    public static IReadOnlyList<string> Conflicts(PipelineOptions before, PipelineOptions after) =>
    [
        .. Differs(Plain(before.Source), Plain(after.Source), "pipeline.source"),
        .. Differs(before.MoreSources.Count, after.MoreSources.Count, "pipeline.sources"),
        .. before.MoreSources.Zip(after.MoreSources, (first, second) => (First: first, Second: second)).SelectMany(pair =>
            Differs((pair.First.Name, Plain(pair.First.Source)), (pair.Second.Name, Plain(pair.Second.Source)), $"pipeline.sources.{pair.First.Name}")),
        .. Differs(before.Throttle, after.Throttle, "pipeline.throttle"),
        .. Differs(before.Keys, after.Keys, "pipeline.keys"),
        .. Differs(before.Store, after.Store, "pipeline.store"),
        .. Differs(SideOutputs(before), SideOutputs(after), "the files of side outputs"),
    ];

    private static SourceOptions Plain(SourceOptions source) => source with { Place = string.Empty };

    private static string SideOutputs(PipelineOptions options) => string.Join('\n', options.SideOutputs.Select(side => $"{side.Name} {side.File} {string.Join(',', side.Reasons.Order())}"));

    private static IEnumerable<string> Differs<T>(T before, T after, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(before, after))
        {
            yield return $"{what} would change: it is opened once, at the start. End the run, and start it with the new configuration";
        }
    }
}
