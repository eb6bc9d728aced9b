using System.Numerics;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Row numbers, groups and measures of the batch in hand; one for each lane, reused.</summary>
/// <param name="sums">Number of measures.</param>
internal sealed unsafe class RowScratch(int sums)
{
    private readonly PinnedMemory _rest = PinnedMemory.Allocate(EventBatch.Capacity * sizeof(int));
    private readonly PinnedMemory _taken = PinnedMemory.Allocate(EventBatch.Capacity * sizeof(int));
    private readonly PinnedMemory _groups = PinnedMemory.Allocate(KeyChunk.Rows * sizeof(int));
    private readonly PinnedMemory _tokens = PinnedMemory.Allocate(KeyChunk.Rows * sizeof(Token));
    private readonly PinnedMemory _measures = PinnedMemory.Allocate((long)sums * KeyChunk.Rows * sizeof(long));

    /// <summary>Rows still to be added.</summary>
    public int* Rest => (int*)_rest.Start;

    /// <summary>Rows of the window in hand.</summary>
    public int* Taken => (int*)_taken.Start;

    /// <summary>Groups of the chunk in hand.</summary>
    public int* Groups => (int*)_groups.Start;

    /// <summary>Measures of the chunk in hand, <see cref="KeyChunk.Rows"/> values for each.</summary>
    public long* Measures => (long*)_measures.Start;

    /// <summary>Lists the selected rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">Receives their numbers; room for a whole batch.</param>
    /// <returns>How many.</returns>
    public static int CopySelection(EventBatch batch, int* rows)
    {
        var (count, first) = (0, 0);
        foreach (var selected in batch.Selection)
        {
            for (var word = selected; word != 0; word &= word - 1)
            {
                rows[count++] = first + BitOperations.TrailingZeroCount(word);
            }

            first += 64;
        }

        return count;
    }

    /// <summary>Whether all rows of a list lie in one window, which is what mostly happens.</summary>
    /// <param name="times">Event times by row.</param>
    /// <param name="rows">The list.</param>
    /// <param name="count">Its length.</param>
    /// <param name="start">The window's start.</param>
    /// <param name="size">The window's size.</param>
    /// <returns>True when they do.</returns>
    public static bool AreAllInside(long* times, int* rows, int count, long start, long size)
    {
        if (count == 0 || AreConsecutiveInside(times + rows[0], rows[count - 1] - rows[0] + 1, start, size))
        {
            return true;
        }

        var i = 0;
        while (i < count && (ulong)(times[rows[i]] - start) < (ulong)size)
        {
            i++;
        }

        return i == count;
    }

    // The rows in between included, whether they are of the list or not: then several can be looked at at once.
    private static bool AreConsecutiveInside(long* times, int count, long start, long size)
    {
        var (starts, sizes) = (new Vector<long>(start), new Vector<ulong>((ulong)size));
        var areInside = Vector<ulong>.AllBitsSet;
        var i = 0;
        for (; i <= count - Vector<long>.Count; i += Vector<long>.Count)
        {
            areInside &= Vector.LessThan((Vector.Load(times + i) - starts).As<long, ulong>(), sizes);
        }

        for (; i < count; i++)
        {
            areInside &= new Vector<ulong>((ulong)(times[i] - start) < (ulong)size ? ulong.MaxValue : 0);
        }

        return areInside == Vector<ulong>.AllBitsSet;
    }

    /// <summary>Moves the rows of one window out of a list, in order.</summary>
    /// <param name="times">Event times by row.</param>
    /// <param name="rest">The list; the other rows stay.</param>
    /// <param name="count">Length of the list.</param>
    /// <param name="start">The window's start.</param>
    /// <param name="size">The window's size.</param>
    /// <param name="taken">Receives the window's rows; room for all.</param>
    /// <returns>How many were moved.</returns>
    public static int Part(long* times, int* rest, ref int count, long start, long size, int* taken)
    {
        var (moved, kept) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var row = rest[i];
            var isInside = (ulong)(times[row] - start) < (ulong)size ? 1 : 0;
            taken[moved] = row;
            rest[kept] = row;
            moved += isInside;
            kept += 1 - isInside;
        }

        count = kept;
        return moved;
    }

    /// <summary>The subjects of a chunk of rows, one after the other.</summary>
    /// <param name="tokens">Subjects by row.</param>
    /// <param name="rows">Which rows, in order.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>Where they stand: where they were if all rows in between are of the chunk, otherwise a copy that is valid until the
    /// next call.</returns>
    public Token* TokensOf(Token* tokens, int* rows, int count)
    {
        if (rows[count - 1] - rows[0] == count - 1)
        {
            return tokens + rows[0];
        }

        var copies = (Token*)_tokens.Start;
        for (var i = 0; i < count; i++)
        {
            copies[i] = tokens[rows[i]];
        }

        return copies;
    }

    /// <summary>Copies the measures of a chunk of rows together.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="fields">The measures.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="count">How many.</param>
    public void GatherMeasures(EventBatch batch, IReadOnlyList<SumField> fields, int* rows, int count)
    {
        for (var field = 0; field < sums; field++)
        {
            var values = batch.Int64(fields[field].Slot).Values;
            var destination = Measures + (field * KeyChunk.Rows);
            for (var i = 0; i < count; i++)
            {
                destination[i] = values[rows[i]];
            }
        }
    }
}
