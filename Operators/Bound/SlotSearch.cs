using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>How a group's slot in an entry is found; a type argument, so that the loop over rows has no call in it.</summary>
internal unsafe interface ISlotSearch
{
    /// <summary>Finds a slot.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="group">The group.</param>
    /// <param name="inline">Slots in an entry.</param>
    /// <param name="slotBytes">Size of a slot.</param>
    /// <returns>The slot, or null.</returns>
    static abstract byte* Find(byte* entry, int group, int inline, int slotBytes);
}

/// <summary>Looks at one slot after the other.</summary>
internal readonly unsafe struct ScalarSearch : ISlotSearch
{
    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Find(byte* entry, int group, int inline, int slotBytes)
    {
        var kept = Math.Min(*(int*)(entry + SubjectLayout.CountAt), inline);
        var slot = entry + SubjectLayout.SlotsAt;
        for (; kept > 0; kept--, slot += slotBytes)
        {
            if (*(int*)slot == group)
            {
                return slot;
            }
        }

        return null;
    }
}

/// <summary>Compares a whole line of 16 words at once: which slot it is costs no mispredicted branch.</summary>
internal readonly unsafe struct LineSearch : ISlotSearch
{
    private const int FirstSlotWord = SubjectLayout.SlotsAt / sizeof(int);

    // Every other word from the first slot on is a group.
    private const uint GroupWords = 0b0101_0101_0100_0000;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Find(byte* entry, int group, int inline, int slotBytes)
    {
        var found = Equal((int*)entry, group) & GroupWords;
        var taken = (1u << (FirstSlotWord + (2 * Math.Min(*(int*)(entry + SubjectLayout.CountAt), inline)))) - 1;
        found &= taken;
        return found == 0 ? null : entry + ((nint)BitOperations.TrailingZeroCount(found) * sizeof(int));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Equal(int* line, int word)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return (uint)Vector512.Equals(Vector512.Load(line), Vector512.Create(word)).ExtractMostSignificantBits();
        }

        var sought = Vector256.Create(word);
        var low = Vector256.Equals(Vector256.Load(line), sought).ExtractMostSignificantBits();
        var high = Vector256.Equals(Vector256.Load(line + 8), sought).ExtractMostSignificantBits();
        return low | (high << 8);
    }
}

/// <summary>How measures are added to a slot; a type argument likewise.</summary>
internal unsafe interface IMeasures
{
    /// <summary>Adds a row's measures.</summary>
    /// <param name="sums">The slot's sums, two words each.</param>
    /// <param name="measures">The row's first measure; the next ones are <see cref="KeyChunk.Rows"/> apart.</param>
    /// <param name="count">Number of measures.</param>
    static abstract void Add(ulong* sums, long* measures, int count);
}

/// <summary>There are none.</summary>
internal readonly unsafe struct NoMeasures : IMeasures
{
    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ulong* sums, long* measures, int count)
    {
    }
}

/// <summary>Running sums of 128 bits. They hold any number of 64-bit values, so the sum does not depend on the order of the
/// rows, which a sum that saturates on the way would.</summary>
internal readonly unsafe struct SumOfMeasures : IMeasures
{
    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ulong* sums, long* measures, int count)
    {
        for (var i = 0; i < count; i++, sums += 2, measures += KeyChunk.Rows)
        {
            var value = *measures == Int64Column.Missing ? 0 : *measures;
            var low = sums[0] + (ulong)value;
            sums[1] += (ulong)(value >> 63) + (low < (ulong)value ? 1UL : 0);
            sums[0] = low;
        }
    }
}
