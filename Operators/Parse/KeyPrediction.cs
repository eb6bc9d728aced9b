using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>What stood between two values of an earlier line, from the comma (or brace) to the colon, and the field that
/// follows. Producers write keys in one order, so one comparison usually replaces reading and looking up the key.</summary>
internal struct KeyPrediction
{
    /// <summary>The longest text that can be predicted.</summary>
    public const int LongestText = 32;

    private Vector256<byte> _text;
    private uint _mask;

    /// <summary>Length of the text.</summary>
    public int Length { get; private set; }

    /// <summary>The first field that the key fills; null for none.</summary>
    public FieldTarget? Target { get; private set; }

    /// <summary>Whether the bytes are the predicted ones. Always false before anything was learned.</summary>
    /// <param name="text">The first byte; 32 bytes must be readable.</param>
    /// <returns>True when they are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Matches(ref byte text)
    {
        var same = Vector256.Equals(Vector256.LoadUnsafe(ref text), _text).ExtractMostSignificantBits();
        // An empty mask means nothing was learned; Length says so.
        return (~same & _mask) == 0 && Length != 0;
    }

    /// <summary>Remembers a text for the next lines.</summary>
    /// <param name="text">The text, up to <see cref="LongestText"/> bytes; a longer one is not remembered.</param>
    /// <param name="target">The field that follows, or null.</param>
    public void Learn(ReadOnlySpan<byte> text, FieldTarget? target)
    {
        if (text.Length > LongestText)
        {
            Length = 0;
            return;
        }

        Span<byte> padded = stackalloc byte[LongestText];
        padded.Clear();
        text.CopyTo(padded);
        _text = Vector256.Create<byte>(padded);
        _mask = text.Length == LongestText ? uint.MaxValue : (1u << text.Length) - 1;
        Length = text.Length;
        Target = target;
    }
}
