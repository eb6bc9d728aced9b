using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>How a group's slot in an entry is found; a type argument, so that the loop over rows has no call in it.</summary>
internal unsafe interface ISlotSearch
{
    /// <summary>Finds a subject's slot.</summary>
    /// <param name="entry">An entry, of this subject or of another one.</param>
    /// <param name="token">The subject.</param>
    /// <param name="group">The group.</param>
    /// <param name="inline">Slots in an entry.</param>
    /// <param name="slotBytes">Size of a slot.</param>
    /// <param name="slot">The slot, if it is there.</param>
    /// <returns>False when there is none or the entry is of another subject.</returns>
    static abstract bool TryFind(byte* entry, Token* token, int group, int inline, int slotBytes, out byte* slot);
}

/// <summary>Looks at one slot after the other.</summary>
internal readonly unsafe struct ScalarSearch : ISlotSearch
{
    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFind(byte* entry, Token* token, int group, int inline, int slotBytes, out byte* slot)
    {
        slot = entry + SubjectLayout.SlotsAt;
        if (*(Token*)entry != *token)
        {
            return false;
        }

        for (var kept = Math.Min(*(int*)(entry + SubjectLayout.CountAt), inline); kept > 0; kept--, slot += slotBytes)
        {
            if (*(int*)slot == group)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Compares a whole line of 16 words at once, the token among them: one branch tells whether the subject and the
/// group are there, and which slot it is costs none.</summary>
internal readonly unsafe struct LineSearch : ISlotSearch
{
    private const int TokenWords = 4;
    private const int FirstSlotWord = SubjectLayout.SlotsAt / sizeof(int);

    // The token's words, and every other word from the first slot on, which are groups.
    private const uint Compared = 0b0101_0101_0100_1111;

    // The token's bits at the top, so that whatever is larger has a group too.
    private const uint TokenAlone = 0xF000_0000;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFind(byte* entry, Token* token, int group, int inline, int slotBytes, out byte* slot)
    {
        var kept = Math.Min(*(int*)(entry + SubjectLayout.CountAt), inline);
        var equal = Lowest(Equal((int*)entry, (int*)token, group) & Compared, FirstSlotWord + (2 * kept));
        var found = BitOperations.RotateRight(equal, TokenWords);
        slot = entry + (TokenWords * sizeof(int)) + ((nint)(uint)BitOperations.TrailingZeroCount(found) * sizeof(int));
        return found > TokenAlone;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Lowest(uint bits, int count) => Bmi2.IsSupported ? Bmi2.ZeroHighBits(bits, (uint)count) : bits & ((1u << count) - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Equal(int* line, int* token, int group)
    {
        if (Avx512F.IsSupported)
        {
            var sought = Avx512F.InsertVector128(Vector512.Create(group), Vector128.Load(token), 0);
            return (uint)Vector512.Equals(Vector512.Load(line), sought).ExtractMostSignificantBits();
        }

        var others = Vector256.Create(group);
        var low = Vector256.Equals(Vector256.Load(line), others.WithLower(Vector128.Load(token))).ExtractMostSignificantBits();
        var high = Vector256.Equals(Vector256.Load(line + 8), others).ExtractMostSignificantBits();
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
