using System.Buffers;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>Lets a lambda append one text to an arena. Outside of a call it takes nothing, so a lambda that keeps it does
/// no harm.</summary>
internal sealed class ArenaWriter : IBufferWriter<byte>
{
    private const int UsualBytes = 256;
    private ByteArena? _arena;
    private int _start;

    /// <summary>The text so far.</summary>
    public TextSpan Written => new(_start, Arena.Length - _start);

    private ByteArena Arena => _arena ?? throw new InvalidOperationException("The writer is valid during the call only.");

    /// <summary>Begins a text.</summary>
    /// <param name="arena">Where to.</param>
    public void Begin(ByteArena arena)
    {
        _arena = arena;
        _start = arena.Length;
    }

    /// <summary>Ends it.</summary>
    public void End() => _arena = null;

    /// <inheritdoc />
    public void Advance(int count)
    {
        if (count < 0 || count > Arena.Buffer.Length - Arena.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "More was written than there was room for.");
        }

        Arena.Length += count;
    }

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Arena.Reserve(Math.Max(sizeHint, UsualBytes));
        return Arena.Buffer.AsMemory(Arena.Length);
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0) => Arena.Reserve(Math.Max(sizeHint, UsualBytes));
}
