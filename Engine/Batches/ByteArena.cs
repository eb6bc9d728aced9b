using System.Buffers;

namespace AkkaPrivacy.Engine.Batches;

/// <summary>A pooled, growable run of bytes that text columns point into. Shared by counting references; only
/// its first owner appends, and only before it is shared.</summary>
public sealed class ByteArena
{
    private readonly BatchPool? _pool;
    private byte[] _bytes;
    private int _references = 1;

    internal ByteArena(BatchPool pool, int capacity)
    {
        _pool = pool;
        _bytes = GC.AllocateUninitializedArray<byte>(capacity);
    }

    private ByteArena(byte[] constants)
    {
        _bytes = constants;
        Length = constants.Length;
    }

    /// <summary>Bytes in use.</summary>
    public int Length { get; set; }

    /// <summary>The whole buffer, of which the first <see cref="Length"/> bytes are in use.</summary>
    public byte[] Buffer => _bytes;

    /// <summary>An arena of constants that lives as long as the process; references to it are not counted.</summary>
    /// <param name="constants">The bytes; the caller gives them away.</param>
    /// <returns>The arena.</returns>
    public static ByteArena OfConstants(byte[] constants) => new(constants);

    /// <summary>Makes room for <paramref name="count"/> more bytes and returns it; the caller then raises
    /// <see cref="Length"/> by what it wrote.</summary>
    /// <param name="count">Bytes needed.</param>
    /// <returns>The free part of the buffer, at least <paramref name="count"/> bytes.</returns>
    /// <exception cref="InvalidOperationException">The arena would exceed 1 GiB.</exception>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Grow(count);
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Appends bytes and returns where they stand.</summary>
    /// <param name="text">The bytes.</param>
    /// <returns>Their place.</returns>
    public TextSpan Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        var span = new TextSpan(Length, text.Length);
        Length += text.Length;
        return span;
    }

    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (_pool is not null && Interlocked.Decrement(ref _references) == 0)
        {
            _pool.Return(this);
        }
    }

    internal void Reset()
    {
        Length = 0;
        _references = 1;
    }

    private void Grow(int count)
    {
        const int Limit = 1 << 30;
        var needed = (long)Length + count;
        if (needed > Limit)
        {
            throw new InvalidOperationException($"A batch would need {needed} bytes of text; the limit is {Limit}.");
        }

        var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Limit, Math.Max(needed, 2L * _bytes.Length)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        _bytes = larger;
    }
}
