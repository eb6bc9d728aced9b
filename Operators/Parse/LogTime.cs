using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Reads instants as web servers write them, without the brackets: <c>17/May/2015:10:05:03 +0000</c>.</summary>
/// <remarks>The last minute with its zone is remembered, as in <see cref="IsoTime"/>. Not safe for concurrent use.</remarks>
internal sealed class LogTime
{
    /// <summary>Length of every such text.</summary>
    public const int Length = 26;

    private Vector128<byte> _minute;
    private ulong _rest;
    private long _minuteMs;

    /// <summary>Reads an instant.</summary>
    /// <param name="text">The first byte; <see cref="Scan.Slack"/> bytes must be readable.</param>
    /// <param name="milliseconds">Milliseconds since the Unix epoch.</param>
    /// <returns>False when the text is no instant.</returns>
    public bool TryRead(ref byte text, out long milliseconds)
    {
        // Bytes 0 to 15 reach to the first digit of the minute; 16 and 17 are its second digit and a colon, 18 and 19 the
        // second, 20 to 25 the zone.
        var minute = Vector128.LoadUnsafe(ref text);
        var second = Digits.Two(ref Unsafe.Add(ref text, 18));
        var rest = Digits.Word(ref Unsafe.Add(ref text, 20)) << 16 | Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref text, 16));
        milliseconds = 0;
        if (minute != _minute || rest != _rest)
        {
            if (!TryReadMinute(ref text, out var read))
            {
                return false;
            }

            (_minute, _rest, _minuteMs) = (minute, rest, read);
        }

        milliseconds = _minuteMs + (second * 1000L);
        return second <= 60;
    }

    private static bool TryReadMinute(ref byte text, out long milliseconds)
    {
        milliseconds = 0;
        var century = Digits.Two(ref Unsafe.Add(ref text, 7));
        var year = Digits.Two(ref Unsafe.Add(ref text, 9));
        var hour = Digits.Two(ref Unsafe.Add(ref text, 12));
        var minute = Digits.Two(ref Unsafe.Add(ref text, 15));
        if (century > 99 || year > 99 || hour > 23 || minute > 59
            || Unsafe.Add(ref text, 2) != '/' || Unsafe.Add(ref text, 6) != '/'
            || Unsafe.Add(ref text, 11) != ':' || Unsafe.Add(ref text, 14) != ':' || Unsafe.Add(ref text, 17) != ':'
            || !IsoTime.TryGetDay((century * 100) + year, Month(ref Unsafe.Add(ref text, 3)), Digits.Two(ref text), out var day)
            || !TryReadZone(ref Unsafe.Add(ref text, 20), out var offset))
        {
            return false;
        }

        milliseconds = day + (((hour * 60) + minute) * 60_000L) - offset;
        return true;
    }

    private static bool TryReadZone(ref byte text, out long offset)
    {
        var hours = Digits.Two(ref Unsafe.Add(ref text, 2));
        var minutes = Digits.Two(ref Unsafe.Add(ref text, 4));
        var sign = Unsafe.Add(ref text, 1);
        offset = ((hours * 60L) + minutes) * (sign == '-' ? -60_000 : 60_000);
        return text == ' ' && sign is (byte)'+' or (byte)'-' && hours <= 23 && minutes <= 59;
    }

    private static uint Month(ref byte text) => (text, Unsafe.Add(ref text, 1), Unsafe.Add(ref text, 2)) switch
    {
        ((byte)'J', (byte)'a', (byte)'n') => 1,
        ((byte)'F', (byte)'e', (byte)'b') => 2,
        ((byte)'M', (byte)'a', (byte)'r') => 3,
        ((byte)'A', (byte)'p', (byte)'r') => 4,
        ((byte)'M', (byte)'a', (byte)'y') => 5,
        ((byte)'J', (byte)'u', (byte)'n') => 6,
        ((byte)'J', (byte)'u', (byte)'l') => 7,
        ((byte)'A', (byte)'u', (byte)'g') => 8,
        ((byte)'S', (byte)'e', (byte)'p') => 9,
        ((byte)'O', (byte)'c', (byte)'t') => 10,
        ((byte)'N', (byte)'o', (byte)'v') => 11,
        ((byte)'D', (byte)'e', (byte)'c') => 12,
        _ => 0,
    };
}
