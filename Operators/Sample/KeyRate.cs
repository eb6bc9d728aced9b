using System.Collections.Immutable;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>What is known of a key: its traffic, and its weights by event time.</summary>
/// <param name="Estimate">Rows of a window; null once its traffic is forgotten.</param>
/// <param name="Versions">Weights in order of the event time from which they hold.</param>
internal sealed record KeyRate(double? Estimate, ImmutableArray<WeightVersion> Versions)
{
    /// <summary>Before the first release.</summary>
    public static KeyRate Unknown { get; } = new(null, []);

    /// <summary>Whether it says no more than that nothing is known.</summary>
    /// <param name="initial">The weight of a key of which nothing is known.</param>
    public bool IsForgotten(long initial) => Estimate is null && Versions.All(version => version.Weight == initial);

    /// <summary>With a weight that holds from a time on.</summary>
    /// <param name="estimate">The estimate that it was made of.</param>
    /// <param name="version">The weight. It holds no earlier than the last one; at the same time it takes that one's place.</param>
    /// <param name="initial">The weight of a key of which nothing is known.</param>
    public KeyRate With(double? estimate, WeightVersion version, long initial)
    {
        var versions = Versions is [.., var last] && last.FromMs == version.FromMs ? Versions.RemoveAt(Versions.Length - 1) : Versions;
        var held = versions is [.., var before] ? before.Weight : initial;
        return new KeyRate(estimate, held == version.Weight ? versions : versions.Add(version));
    }

    /// <summary>Without the weights that no row needs any more. The first one that is left holds for all time before it, too.</summary>
    /// <param name="settledMs">Rows before this event time do not come any more.</param>
    public KeyRate Without(long settledMs)
    {
        var first = Versions.Length - 1;
        while (first >= 0 && Versions[first].FromMs > settledMs)
        {
            first--;
        }

        return first < 0 ? this : this with { Versions = [new WeightVersion(long.MinValue, Versions[first].Weight), .. Versions.Skip(first + 1)] };
    }
}

/// <summary>A weight and the event time from which it holds.</summary>
/// <param name="FromMs">Milliseconds since the Unix epoch; the smallest number for all time.</param>
/// <param name="Weight">1 or more.</param>
internal readonly record struct WeightVersion(long FromMs, long Weight);
