namespace AkkaPrivacy.Operators.Window;

/// <summary>Accumulators by group while a window fires; reused from one firing to the next.</summary>
/// <param name="sums">Number of columns: measures and what is derived of them.</param>
internal sealed class GroupTotals(int sums)
{
    private readonly long[][] _sums = new long[sums][];

    /// <summary>Number of measures.</summary>
    public int SumCount => _sums.Length;

    /// <summary>Bounded rows by group.</summary>
    public long[] Rows { get; private set; } = [];

    /// <summary>Distinct subjects by group.</summary>
    public long[] Subjects { get; private set; } = [];

    /// <summary>Clamped sums of a measure by group.</summary>
    /// <param name="measure">The measure's index.</param>
    /// <returns>The sums.</returns>
    public long[] Sums(int measure) => _sums[measure];

    /// <summary>Sets all to zero.</summary>
    /// <param name="groups">Number of groups.</param>
    public void Reset(int groups)
    {
        Rows = Zeroed(Rows, groups);
        Subjects = Zeroed(Subjects, groups);
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] = Zeroed(_sums[i] ?? [], groups);
        }
    }

    private static long[] Zeroed(long[] values, int groups)
    {
        if (values.Length < groups || values.Length > 65536 && values.Length / 16 > groups)
        {
            return new long[groups + (groups / 4)];
        }

        values.AsSpan(0, groups).Clear();
        return values;
    }
}
