using System.Runtime.CompilerServices;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>
/// Deals messages to groups of lanes. Lanes of one group run as many blocks as its longest message has, so messages
/// of different sizes are first put in order of their number of blocks.
/// </summary>
internal static class HmacGrouping
{
    // Enough to keep groups even, small enough for the stack (4 KiB of row numbers).
    private const int ChunkRows = 1024;

    /// <summary>Computes all tokens of a batch in lanes.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="mostBlocks">The number of blocks of its longest message.</param>
    /// <param name="wide">True for 16 lanes, false for 8.</param>
    [SkipLocalsInit]
    public static void Run(in HmacBatch batch, int mostBlocks, bool wide)
    {
        Span<int> rows = stackalloc int[Math.Min(ChunkRows, batch.Offsets.Length)];
        for (int start = 0; start < batch.Offsets.Length; start += ChunkRows)
        {
            Span<int> chunk = rows[..Math.Min(ChunkRows, batch.Offsets.Length - start)];
            int inLanes = chunk.Length;
            if (mostBlocks == 1)
            {
                NumberFrom(chunk, start);
            }
            else
            {
                inLanes = SortByBlocks(batch.Lengths.Slice(start, chunk.Length), start, chunk);
            }

            RunLanes(batch, chunk[..inLanes], wide);
            foreach (int row in chunk[inLanes..])
            {
                HmacScalar.ComputeToken(batch, row);
            }
        }
    }

    private static void RunLanes(in HmacBatch batch, ReadOnlySpan<int> rows, bool wide)
    {
        int lanes = wide ? HmacLanes512.Lanes : HmacLanes256.Lanes;
        for (; rows.Length > 0; rows = rows[Math.Min(lanes, rows.Length)..])
        {
            ReadOnlySpan<int> group = rows[..Math.Min(lanes, rows.Length)];
            if (wide)
            {
                HmacLanes512.ComputeTokens(batch, group);
            }
            else
            {
                HmacLanes256.ComputeTokens(batch, group);
            }
        }
    }

    private static void NumberFrom(Span<int> rows, int start)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = start + i;
        }
    }

    // A counting sort. Returns how many rows go to lanes; the rest, at the end, are too long.
    private static int SortByBlocks(ReadOnlySpan<int> lengths, int start, Span<int> rows)
    {
        Span<int> ends = stackalloc int[HmacSha256MultiBuffer.MaxLaneBlocks + 2];
        ends.Clear();
        foreach (int length in lengths)
        {
            ends[Bucket(length)]++;
        }

        for (int i = 1; i < ends.Length; i++)
        {
            ends[i] += ends[i - 1];
        }

        int inLanes = ends[HmacSha256MultiBuffer.MaxLaneBlocks];
        for (int i = lengths.Length - 1; i >= 0; i--)
        {
            rows[--ends[Bucket(lengths[i])]] = start + i;
        }

        return inLanes;
    }

    private static int Bucket(int length) =>
        Math.Min(Sha256Constants.BlockCount(length), HmacSha256MultiBuffer.MaxLaneBlocks + 1);
}
