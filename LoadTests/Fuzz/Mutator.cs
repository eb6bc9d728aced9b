using System.Text;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Makes inputs out of sound ones. The same seed and number give the same input.</summary>
internal sealed class Mutator(FuzzTarget target, ulong seed)
{
    private const int LongestRepeat = 2048;
    private const int Longest = 16_384;
    private readonly IReadOnlyList<byte[]> _seeds = target.Seeds();
    private readonly byte[][] _tokens = [.. target.Tokens.Select(Encoding.UTF8.GetBytes)];
    private readonly List<byte> _bytes = [];
    private ulong _state;

    /// <summary>Makes an input.</summary>
    /// <param name="number">Its number.</param>
    /// <returns>Up to 16 KiB.</returns>
    public byte[] Input(long number)
    {
        _state = (seed * 0x9E3779B97F4A7C15) ^ ((ulong)number * 0xD1B54A32D192ED03);
        Next(1);
        _bytes.Clear();
        _bytes.AddRange(_seeds[Next(_seeds.Count)]);
        for (var change = Next(8); change > 0; change--)
        {
            Change();
        }

        return [.. _bytes.Take(Longest)];
    }

    private void Change()
    {
        var at = Next(_bytes.Count + 1);
        var count = Math.Min(Next(1 << Next(8)) + 1, _bytes.Count - at);
        switch (Next(9))
        {
            case 0 when at < _bytes.Count:
                _bytes[at] ^= (byte)(1 << Next(8));
                break;
            case 1 when at < _bytes.Count:
                _bytes[at] = (byte)Next(256);
                break;
            case 2:
                _bytes.InsertRange(at, _tokens[Next(_tokens.Length)]);
                break;
            case 3 when count > 0:
                _bytes.RemoveRange(at, count);
                break;
            case 4 when count > 0:
                _bytes.InsertRange(Next(_bytes.Count + 1), _bytes.GetRange(at, count));
                break;
            case 5:
                _bytes.RemoveRange(at, _bytes.Count - at);
                break;
            case 6:
                Splice(at);
                break;
            case 7 when count > 0:
                var piece = _bytes.GetRange(at, Math.Min(count, 8));
                for (var times = Next(LongestRepeat / piece.Count); times > 0; times--)
                {
                    _bytes.InsertRange(at, piece);
                }

                break;
            case 8 when at < _bytes.Count:
                Number(at);
                break;
        }
    }

    private void Splice(int at)
    {
        var other = _seeds[Next(_seeds.Count)];
        var from = Next(other.Length + 1);
        _bytes.RemoveRange(at, _bytes.Count - at);
        _bytes.AddRange(other[from..]);
    }

    // Whole numbers at the edges of their range, as stored states hold them.
    private void Number(int at)
    {
        long[] edges = [0, 1, -1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << Next(63), Next(1 << 20)];
        var number = BitConverter.GetBytes(edges[Next(edges.Length)]);
        for (var i = 0; i < number.Length && at + i < _bytes.Count; i++)
        {
            _bytes[at + i] = number[i];
        }
    }

    // SplitMix64.
    private int Next(int below)
    {
        _state += 0x9E3779B97F4A7C15;
        var z = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)Math.Max(1, below));
    }
}
