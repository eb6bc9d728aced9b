using System.Security.Cryptography;
using AkkaPrivacy.Operators.Utf8Text;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>Copies texts next to each other with <c>A</c> to <c>Z</c> in lower case. The copy is reused and erased
/// between batches, since it holds identifiers.</summary>
internal sealed class LowercaseScratch
{
    private byte[] _bytes = new byte[64 * 1024];
    private int _used;

    /// <summary>Copies the texts.</summary>
    /// <param name="data">What the texts point into.</param>
    /// <param name="offsets">Where each text starts; moved to its place in the copy.</param>
    /// <param name="lengths">How many bytes each has.</param>
    /// <returns>The copy, valid until <see cref="Clear"/>.</returns>
    public ReadOnlySpan<byte> Gather(ReadOnlySpan<byte> data, Span<int> offsets, ReadOnlySpan<int> lengths)
    {
        Reserve(lengths);
        for (var i = 0; i < offsets.Length; i++)
        {
            var target = _bytes.AsSpan(_used, lengths[i]);
            AsciiCase.Lower(data.Slice(offsets[i], lengths[i]), target);
            offsets[i] = _used;
            _used += lengths[i];
        }

        return _bytes.AsSpan(0, _used);
    }

    /// <summary>Erases the copy.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_bytes.AsSpan(0, _used));
        _used = 0;
    }

    private void Reserve(ReadOnlySpan<int> lengths)
    {
        var total = 0;
        foreach (var length in lengths)
        {
            total = checked(total + length);
        }

        if (_bytes.Length < total)
        {
            _bytes = new byte[Math.Max(total, 2 * _bytes.Length)];
        }
    }
}
