using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads what a query computes, and the options of that.</summary>
internal static class AggregateSection
{
    private const int LargestTop = 1_000_000;

    private static readonly Rule<AggregateKind> Aggregate = Rules.Choice(
        ("count", AggregateKind.Count),
        ("sum", AggregateKind.Sum),
        ("distinct-subjects", AggregateKind.DistinctSubjects),
        ("mean", AggregateKind.Mean),
        ("variance", AggregateKind.Variance),
        ("quantiles", AggregateKind.Quantiles),
        ("histogram", AggregateKind.Histogram));

    private static readonly Rule<double> Quantile = Rules.Number(1e-6, 1 - 1e-6);

    private static readonly Rule<int> Bins = Rules.Integer(2, 1024);

    /// <summary>Reads the options.</summary>
    /// <param name="section">The query.</param>
    /// <param name="fieldName">What a field's name may be.</param>
    /// <returns>The aggregate.</returns>
    public static AggregateOptions Read(Section section, Rule<string> fieldName)
    {
        var kind = section.Require("aggregate", Aggregate, AggregateKind.Count);
        if (kind is AggregateKind.Count or AggregateKind.DistinctSubjects)
        {
            return new AggregateOptions { Kind = kind, Top = Top(section) };
        }

        var field = section.Require("field", fieldName, string.Empty);
        if (kind == AggregateKind.Histogram)
        {
            var edges = section.List("edges", Rules.Decimal, null);
            if (!section.Has("edges"))
            {
                section.Missing("edges", "2 to 257 ascending numbers");
            }

            return new AggregateOptions { Kind = kind, Field = field, Edges = edges };
        }

        var options = new AggregateOptions { Kind = kind, Field = field } with { Top = kind == AggregateKind.Sum ? Top(section) : null };
        return Clamped(section.Child("clamp"), options) with
        {
            Quantiles = kind == AggregateKind.Quantiles ? Quantiles(section) : [],
            Bins = kind == AggregateKind.Quantiles ? section.Get("bins", Bins, "256") : 2,
        };
    }

    private static AggregateOptions Clamped(Section clamp, AggregateOptions options)
    {
        var lower = clamp.Get("lower", Rules.Decimal, "0");
        var upper = clamp.Require("upper", Rules.Decimal, 1);
        clamp.Done();
        if (options.Kind == AggregateKind.Sum && (lower > 0 || upper < 0 || lower == upper))
        {
            clamp.Error($"found the range from {lower} to {upper}; allowed is one that holds 0 and more");
            return options with { Lower = 0, Upper = 1 };
        }

        if (lower >= upper && clamp.Has("upper"))
        {
            clamp.Error($"found the range from {lower} to {upper}; allowed is one whose upper end is larger");
            return options with { Lower = upper - 1, Upper = upper };
        }

        return options with { Lower = lower, Upper = upper };
    }

    private static IReadOnlyList<double> Quantiles(Section section) =>
        section.List("quantiles", Quantile) is { Count: > 0 } written ? written : [0.5];

    private static int? Top(Section section) =>
        section.TryGet("top", Rules.Integer(1, LargestTop), out var top) ? top : null;
}
