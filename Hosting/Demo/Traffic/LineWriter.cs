namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>Writes a line of ASCII into a span that is long enough.</summary>
internal ref struct LineWriter(Span<byte> destination)
{
    private const long DayMs = 86_400_000;
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Writes text.</summary>
    public void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_destination[Length..]);
        Length += text.Length;
    }

    /// <summary>Writes a whole number, 0 or more.</summary>
    public void Number(long number)
    {
        var digits = 1;
        for (var rest = number; rest >= 10; rest /= 10)
        {
            digits++;
        }

        for (var i = Length + digits - 1; i >= Length; i--, number /= 10)
        {
            _destination[i] = (byte)('0' + (number % 10));
        }

        Length += digits;
    }

    /// <summary>Writes the time of day as <c>hh:mm:ss.fffZ</c>.</summary>
    /// <param name="timeMs">Milliseconds since the Unix epoch.</param>
    public void TimeOfDay(long timeMs)
    {
        var ms = (int)(timeMs % DayMs);
        Two(ms / 3_600_000, ':');
        Two(ms / 60_000 % 60, ':');
        Two(ms / 1000 % 60, '.');
        var fraction = ms % 1000;
        _destination[Length++] = (byte)('0' + (fraction / 100));
        Two(fraction % 100, 'Z');
    }

    /// <summary>Writes 16 hexadecimal digits.</summary>
    public void Hex(ulong number)
    {
        for (var shift = 60; shift >= 0; shift -= 4)
        {
            _destination[Length++] = "0123456789abcdef"u8[(int)(number >> shift) & 15];
        }
    }

    private void Two(int number, char after)
    {
        _destination[Length++] = (byte)('0' + (number / 10));
        _destination[Length++] = (byte)('0' + (number % 10));
        _destination[Length++] = (byte)after;
    }
}
