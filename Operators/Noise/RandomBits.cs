using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// Uniform random bits, words and integers for the mechanisms, read from an <see cref="IRandomSource"/> in blocks of
/// <see cref="BlockBytes"/> bytes.
/// </summary>
/// <remarks>
/// Each word is erased from the block as it is handed out and the rest when the reader is disposed, so no used or
/// unused randomness stays in memory; the block is pinned, so the collector leaves no copies. One reader belongs to
/// one thread at a time.
/// </remarks>
public sealed class RandomBits : IDisposable
{
    /// <summary>How many bytes are asked of the source at once.</summary>
    public const int BlockBytes = 4096;

    private const int BlockWords = BlockBytes / sizeof(ulong);

    private readonly IRandomSource _source;
    private readonly ulong[] _block = GC.AllocateArray<ulong>(BlockWords, pinned: true);
    private int _next = BlockWords;
    private ulong _reservoir;
    private int _reservoirBits;
    private bool _disposed;

    /// <summary>Makes an empty reader; nothing is drawn before the first request.</summary>
    /// <param name="source">Where the bytes come from.</param>
    public RandomBits(IRandomSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
    }

    /// <summary>Draws 64 uniform bits.</summary>
    /// <returns>A number uniform on 0..2^64 - 1.</returns>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public ulong NextWord()
    {
        int index = _next;
        if (index == BlockWords)
        {
            Refill();
            index = 0;
        }

        ulong word = _block[index];
        _block[index] = 0;
        _next = index + 1;
        return word;
    }

    /// <summary>Draws a few uniform bits; bits left over from one word serve later requests.</summary>
    /// <param name="count">How many, 0 to 63.</param>
    /// <returns>A number uniform on 0..2^<paramref name="count"/> - 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public ulong NextBits(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, 63u, nameof(count));
        if (_reservoirBits < count)
        {
            // A remainder too short for the request is dropped: what is unused is independent of what was used.
            _reservoir = NextWord();
            _reservoirBits = 64;
        }

        ulong bits = _reservoir & ((1UL << count) - 1);
        _reservoir >>= count;
        _reservoirBits -= count;
        return bits;
    }

    /// <summary>Draws an exactly uniform integer below a bound.</summary>
    /// <param name="bound">The bound, 1 or more.</param>
    /// <returns>A number uniform on 0..<paramref name="bound"/> - 1.</returns>
    /// <remarks>
    /// Lemire, "Fast Random Integer Generation in an Interval" (2019): the high half of word * bound, rejecting the
    /// 2^64 mod bound low halves that would make some results likelier.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The bound is 0.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public ulong Below(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        ulong high = Math.BigMul(NextWord(), bound, out ulong low);
        if (low < bound)
        {
            ulong surplus = (0 - bound) % bound;
            while (low < surplus)
            {
                high = Math.BigMul(NextWord(), bound, out low);
            }
        }

        return high;
    }

    /// <summary>Draws an exactly uniform integer below a bound of up to 128 bits.</summary>
    /// <param name="bound">The bound, 1 or more.</param>
    /// <returns>A number uniform on 0..<paramref name="bound"/> - 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bound is 0.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public UInt128 Below(UInt128 bound)
    {
        if (bound <= ulong.MaxValue)
        {
            return Below((ulong)bound);
        }

        // The high words are kept to as many bits as the bound has, so at least half of all draws are accepted.
        ulong mask = ulong.MaxValue >> BitOperations.LeadingZeroCount((ulong)(bound >> 64));
        UInt128 draw;
        do
        {
            draw = new UInt128(NextWord() & mask, NextWord());
        }
        while (draw >= bound);
        return draw;
    }

    /// <summary>Erases what is left of the block; every later request fails.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_block.AsSpan()));
        _reservoir = 0;
        _reservoirBits = 0;
        _next = BlockWords;
        _disposed = true;
    }

    private void Refill()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _source.Fill(MemoryMarshal.AsBytes(_block.AsSpan()));
    }
}
