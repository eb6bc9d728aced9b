using System.Runtime.InteropServices;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Memory that starts on a cache line and never moves, so that a table's entries do not straddle lines and
/// can be reached through pointers. The collector frees it with its last reference.</summary>
internal readonly unsafe struct PinnedMemory
{
    private readonly Line[] _lines;

    private PinnedMemory(Line[] lines, long bytes)
    {
        _lines = lines;
        Bytes = bytes;
        var address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(lines, 0);
        Start = (byte*)((address + (Line.Size - 1)) & ~(nuint)(Line.Size - 1));
    }

    /// <summary>The first byte, a multiple of 64.</summary>
    public byte* Start { get; }

    /// <summary>Usable bytes.</summary>
    public long Bytes { get; }

    /// <summary>Whether there is any memory.</summary>
    public bool IsAllocated => _lines is not null;

    /// <summary>Zeroed memory.</summary>
    /// <param name="bytes">How much; rounded up to lines.</param>
    /// <returns>The memory.</returns>
    public static PinnedMemory Allocate(long bytes)
    {
        var lines = checked((int)((bytes + Line.Size - 1) / Line.Size));
        return new PinnedMemory(GC.AllocateArray<Line>(checked(lines + 1), pinned: true), (long)lines * Line.Size);
    }

    /// <summary>Fills all of it with zeros.</summary>
    public void Clear() => NativeMemory.Clear(Start, (nuint)Bytes);

    [StructLayout(LayoutKind.Sequential, Size = Size)]
    private struct Line
    {
        public const int Size = 64;
    }
}
