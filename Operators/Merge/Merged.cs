using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Operators.Merge;

/// <summary>Several sources as one.</summary>
public static partial class Merged
{
    /// <summary>The most sources that are merged.</summary>
    public const int LargestSources = 1000;

    /// <summary>Lines of several sources of one format as one stream.</summary>
    /// <param name="description">Format and options that give the rows their meaning; part of the plan hash. The sources are not.
    /// </param>
    /// <param name="sources">The sources by name: 1 to 1000, each name once, of 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>. A
    /// source's positions are stored under its name.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentException">There is no source, or a name is not allowed or there twice.</exception>
    public static Source<RawLines, NotUsed> FromLines(string description, params (string Name, Func<IEventSource> Open)[] sources)
    {
        var open = Open(sources);
        return Source.FromLines(open, description);
    }

    /// <summary>Merges sources that are opened elsewhere.</summary>
    /// <param name="sources">As above.</param>
    /// <returns>Makes the merged source for one run.</returns>
    /// <exception cref="ArgumentException">As above.</exception>
    public static Func<IEventSource> Open(IReadOnlyList<(string Name, Func<IEventSource> Open)> sources)
    {
        if (sources.Count is < 1 or > LargestSources || sources.Any(source => !NamePattern().IsMatch(source.Name)) || sources.DistinctBy(source => source.Name).Count() != sources.Count)
        {
            throw new ArgumentException($"1 to {LargestSources} sources are merged, each under a name of its own of 1 to 64 characters of a-z A-Z 0-9 _ -.", nameof(sources));
        }

        return () => new MergedSource([.. sources.Select(source => (source.Name, source.Open()))]);
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}
