using System.Collections.Immutable;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Replaces a number by the bucket it is in: with the edges 0, 100 and 1000 by <c>&lt;0</c>, <c>0-99</c>,
/// <c>100-999</c> or <c>1000+</c>. Each edge is the first number of its bucket.</summary>
/// <remarks>Edges are values of the field; those of a decimal field are rounded up to its resolution, and its buckets are
/// written <c>[0,100)</c>, since 99.5 is in them.</remarks>
public sealed record BucketTreatment : GeneraliseTreatment
{
    /// <summary>The largest number of edges.</summary>
    public const int MaxEdges = 64;

    /// <summary>A treatment with the given edges.</summary>
    /// <param name="edges">1 to 64 numbers, strictly ascending.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few or too many edges, or they do not ascend.</exception>
    public BucketTreatment(IEnumerable<long> edges)
    {
        Edges = [.. edges];
        if (Edges.Length is 0 or > MaxEdges)
        {
            throw new ArgumentOutOfRangeException(nameof(edges), Edges.Length, $"Buckets have 1 to {MaxEdges} edges.");
        }

        for (var i = 1; i < Edges.Length; i++)
        {
            if (Edges[i] <= Edges[i - 1])
            {
                throw new ArgumentOutOfRangeException(
                    nameof(edges), Edges[i], $"Edges ascend strictly; edge {i + 1} is not above the edge before it, {Edges[i - 1]}.");
            }
        }
    }

    /// <summary>A treatment with the given edges.</summary>
    /// <param name="edges">As in the other constructor.</param>
    public BucketTreatment(params long[] edges)
        : this((IEnumerable<long>)edges)
    {
    }

    /// <summary>The first number of each bucket but the lowest.</summary>
    public ImmutableArray<long> Edges { get; }

    /// <inheritdoc />
    public override string Description => $"bucket(edges={string.Join('|', Edges)})";

    /// <inheritdoc />
    internal override ColumnType InputType => ColumnType.Int64;

    /// <summary>Equal edges make equal treatments.</summary>
    /// <param name="other">Another treatment.</param>
    /// <returns>True when the edges are equal.</returns>
    public bool Equals(BucketTreatment? other) => other is not null && Edges.AsSpan().SequenceEqual(other.Edges.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode() => Description.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc />
    internal override Func<Stage<EventBatch, EventBatch>>? Bind(ColumnDefinition column, int input, int output, Action<string> error)
    {
        var units = new long[Edges.Length];
        for (var i = 0; i < units.Length; i++)
        {
            // Division by a resolution below 1 can leave the range of whole numbers.
            var unit = Math.Ceiling(Edges[i] / column.Resolution);
            if (unit is <= long.MinValue or > long.MaxValue)
            {
                error($"edge {Edges[i]} is out of range for the resolution {column.Resolution}");
                return null;
            }

            units[i] = (long)unit;
        }

        var labels = new LabelTable(BucketLabels.Of(Edges, isWhole: column.Resolution == 1));
        return () => new NumberRuleStage<BucketRule>(input, output, new BucketRule(units, labels));
    }
}

/// <summary>Finds the bucket of a number.</summary>
/// <param name="edges">The edges in units of the column.</param>
/// <param name="labels">The buckets' names, one more than edges.</param>
internal readonly struct BucketRule(long[] edges, LabelTable labels) : INumberRule
{
    /// <inheritdoc />
    public LabelTable Labels => labels;

    /// <inheritdoc />
    public int LabelOf(long value)
    {
        var found = Array.BinarySearch(edges, value);
        return found >= 0 ? found + 1 : ~found;
    }
}
