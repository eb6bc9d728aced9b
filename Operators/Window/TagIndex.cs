using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkkaPrivacy.Operators.Window;

/// <summary>
/// Leads from a hash to the number of an entry that stands elsewhere. A cell of 32 bits holds a number from 1 on and, in
/// the bits above, a part of the hash, the tag, so that a look-up rarely touches an entry other than its own. Cells
/// are compared by buckets of eight, so that it costs no mispredicted branch which of them it is; a bucket that is
/// full goes over into the next one. At most half of the cells are in use.
/// </summary>
internal sealed unsafe class TagIndex
{
    private const int SmallestCells = 16;
    private PinnedMemory _memory;
    private int _cells;
    private int _shift;

    public TagIndex() => Allocate(SmallestCells);

    /// <summary>How many numbers it may hold.</summary>
    public int Capacity => _cells / 2;

    /// <summary>Bytes held.</summary>
    public long Bytes => _memory.Bytes;

    /// <summary>Bytes of an index of twice the size.</summary>
    public long NextBytes => 2 * Bytes;

    /// <summary>Which bits of a cell are its tag.</summary>
    public uint TagMask { get; private set; }

    private uint* Cells => (uint*)_memory.Start;

    /// <summary>Where the look-ups of a chunk begin; valid until the index grows.</summary>
    public Buckets Home => new(Cells, _shift);

    /// <summary>The number in a bucket under a tag: most likely, but not surely, the one that is looked for.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="tag">The tag; bits outside of the mask do not matter.</param>
    /// <param name="tagMask"><see cref="TagMask"/>.</param>
    /// <returns>The number; 0 when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NumberIn(uint* bucket, uint tag, uint tagMask)
    {
        // Whether there is one is as hard to predict as which one it is, so neither has a branch.
        var cells = Vector256.Load(bucket);
        var isUnder = Vector256.Equals((cells ^ Vector256.Create(tag)) & Vector256.Create(tagMask), Vector256<uint>.Zero);
        if (Avx512F.VL.IsSupported)
        {
            return Avx512F.VL.Compress(Vector256<uint>.Zero, isUnder, cells).ToScalar() & ~tagMask;
        }

        var equal = isUnder.ExtractMostSignificantBits();
        var isThere = (uint)(-(int)equal >> 31);
        return bucket[BitOperations.TrailingZeroCount(equal) % Buckets.Cells] & ~tagMask & isThere;
    }

    /// <summary>The first unused cell of a bucket.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <returns>The cell; null when the bucket is full.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint* FreeIn(uint* bucket)
    {
        var free = Vector256.Equals(Vector256.Load(bucket), Vector256<uint>.Zero).ExtractMostSignificantBits();
        return free == 0 ? null : bucket + BitOperations.TrailingZeroCount(free);
    }

    /// <summary>The first cell where a number may stand.</summary>
    /// <param name="hash">Its hash.</param>
    /// <returns>The cell.</returns>
    public uint* First(ulong hash) => Home.Of(hash);

    /// <summary>The cell after another one.</summary>
    /// <param name="cell">The other one.</param>
    /// <returns>The cell.</returns>
    public uint* Next(uint* cell) => Cells + ((cell - Cells + 1) & (_cells - 1));

    /// <summary>Whether a cell has a tag.</summary>
    /// <param name="cell">Content of a cell that is in use.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="number">The cell's number.</param>
    /// <returns>True when it has.</returns>
    public bool IsUnder(uint cell, uint tag, out int number)
    {
        number = (int)(cell & ~TagMask);
        return ((cell ^ tag) & TagMask) == 0;
    }

    /// <summary>Fills an unused cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="number">The number, 1 or more.</param>
    public void Fill(uint* cell, uint tag, int number) => *cell = (tag & TagMask) | (uint)number;

    /// <summary>Adds a number that is not there.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="tag">Its tag.</param>
    /// <param name="number">The number, 1 or more.</param>
    public void Add(ulong hash, uint tag, int number)
    {
        var cell = First(hash);
        while (*cell != 0)
        {
            cell = Next(cell);
        }

        Fill(cell, tag, number);
    }

    /// <summary>Makes an empty index that has room.</summary>
    /// <param name="numbers">For how many numbers.</param>
    public void Renew(long numbers)
    {
        var cells = SmallestCells;
        while (numbers > cells / 2)
        {
            cells = checked(2 * cells);
        }

        Allocate(cells);
    }

    /// <summary>Forgets all numbers.</summary>
    public void Clear() => _memory.Clear();

    private void Allocate(int cells)
    {
        _memory = PinnedMemory.Allocate((long)cells * sizeof(uint));
        _cells = cells;
        _shift = 64 - int.Log2(cells / Buckets.Cells);
        TagMask = uint.MaxValue << int.Log2(cells);
    }

    /// <summary>The buckets of an index.</summary>
    /// <param name="cells">The first one.</param>
    /// <param name="shift">64 less the bits of a bucket's number.</param>
    public readonly struct Buckets(uint* cells, int shift)
    {
        /// <summary>Cells in a bucket.</summary>
        public const int Cells = 8;

        /// <summary>The bucket of a hash.</summary>
        /// <param name="hash">The hash; its upper bits choose.</param>
        /// <returns>The bucket.</returns>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint* Of(ulong hash) => cells + ((nint)(hash >> shift) * Cells);

        /// <summary>Asks for the memory of a bucket.</summary>
        /// <param name="bucket">The bucket.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Prefetch(void* bucket)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(bucket);
            }
        }
    }
}
