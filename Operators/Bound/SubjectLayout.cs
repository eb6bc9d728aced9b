using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>Where the parts of a subject's entry stand, in bytes. An entry is a token (16), the number of groups (4), the
/// place of its overflow block (4), then slots. A slot is a group (4), its rows (4) and a 128-bit sum for each measure.</summary>
internal sealed class SubjectLayout
{
    /// <summary>Number of groups, in an entry.</summary>
    public const int CountAt = 16;

    /// <summary>Overflow block, in an entry: its place in units of 8 bytes, or 0 for none.</summary>
    public const int BlockAt = 20;

    /// <summary>First slot, in an entry.</summary>
    public const int SlotsAt = 24;

    /// <summary>Rows, in a slot.</summary>
    public const int RowsAt = 4;

    /// <summary>First sum, in a slot.</summary>
    public const int SumsAt = 8;

    private const int TargetEntry = 64;
    private readonly PinnedMemory _scratch = PinnedMemory.Allocate(KeyChunk.Rows * sizeof(long));
    private readonly PinnedMemory _left = PinnedMemory.Allocate(KeyChunk.Rows * sizeof(int));

    /// <summary>Lays out the entries of a plan.</summary>
    /// <param name="bounds">The bounds.</param>
    /// <param name="sums">Number of measures.</param>
    public SubjectLayout(ContributionBounds bounds, int sums)
    {
        Groups = bounds.Groups;
        RowsPerGroup = bounds.RowsPerGroup;
        Sums = sums;
        SlotBytes = SumsAt + (16 * sums);
        Inline = Math.Clamp((TargetEntry - SlotsAt) / SlotBytes, 1, Groups);
        EntryBytes = Aligned(SlotsAt + (Inline * SlotBytes));
    }

    /// <summary>A word for each row of a chunk, shared by the tables of a lane.</summary>
    public unsafe nint* Scratch => (nint*)_scratch.Start;

    /// <summary>Room for the numbers of a chunk's rows that are left for later; shared likewise.</summary>
    public unsafe int* Left => (int*)_left.Start;

    /// <summary>L0.</summary>
    public int Groups { get; }

    /// <summary>Linf of counts.</summary>
    public int RowsPerGroup { get; }

    /// <summary>Number of measures.</summary>
    public int Sums { get; }

    /// <summary>Size of a slot.</summary>
    public int SlotBytes { get; }

    /// <summary>Slots in an entry; further groups go to a block, if the bound allows further ones.</summary>
    public int Inline { get; }

    /// <summary>Size of an entry.</summary>
    public int EntryBytes { get; }

    /// <summary>Whether subjects may have more groups than fit into an entry.</summary>
    public bool HasBlocks => Groups > Inline;

    /// <summary>Whether an entry is one cache line of slots without sums, which are searched all at once.</summary>
    public bool IsLineOfCounts => Sums == 0 && EntryBytes == TargetEntry;

    // Half a line, a line, or several words: the first two do not straddle lines.
    private static int Aligned(int bytes) => bytes <= TargetEntry / 2 ? TargetEntry / 2 : Math.Max(bytes, TargetEntry);
}
