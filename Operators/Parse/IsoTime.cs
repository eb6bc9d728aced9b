using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>
/// Reads instants of ISO 8601 in the profile of RFC 3339: <c>2015-05-17T10:05:03.25Z</c>. The zone is required
/// (<c>Z</c>, <c>+02:00</c>, <c>+0200</c> or <c>+02</c>); a space may stand for the T; fractions beyond milliseconds are cut off;
/// a leap second counts as the second after it.
/// </summary>
/// <remarks>Rows of a stream lie close together in time, so the last minute is remembered: one 16-byte comparison then
/// saves the calendar. Not safe for concurrent use.</remarks>
internal sealed class IsoTime
{
    private const int ShortestLength = 20;
    private Vector128<byte> _minute;
    private long _minuteMs;

    /// <summary>Reads an instant.</summary>
    /// <param name="text">The first byte; <see cref="Scan.Slack"/> bytes must be readable.</param>
    /// <param name="length">Length of the text.</param>
    /// <param name="milliseconds">Milliseconds since the Unix epoch.</param>
    /// <returns>False when the text is no instant.</returns>
    public bool TryRead(ref byte text, int length, out long milliseconds)
    {
        milliseconds = 0;
        if (length < ShortestLength)
        {
            return false;
        }

        var minute = Vector128.LoadUnsafe(ref text);
        if (minute != _minute)
        {
            if (!TryReadMinute(ref text, out var read))
            {
                return false;
            }

            (_minute, _minuteMs) = (minute, read);
        }

        var second = Digits.Two(ref Unsafe.Add(ref text, 17));
        if (Unsafe.Add(ref text, 16) != ':' || second > 60)
        {
            return false;
        }

        milliseconds = _minuteMs + (second * 1000);
        var position = 19;
        if (Unsafe.Add(ref text, position) is (byte)'.' or (byte)',')
        {
            position = ReadFraction(ref text, length, ref milliseconds);
        }

        return (position == length - 1 && (Unsafe.Add(ref text, position) | 0x20) == 'z')
            || TryReadZone(ref text, position, length, ref milliseconds);
    }

    /// <summary>Milliseconds since the Unix epoch of the start of a day.</summary>
    /// <param name="year">0 to 9999.</param>
    /// <param name="month">1 to 12.</param>
    /// <param name="day">1 to 31.</param>
    /// <param name="milliseconds">The result.</param>
    /// <returns>False when there is no such day in the Gregorian calendar.</returns>
    public static bool TryGetDay(uint year, uint month, uint day, out long milliseconds)
    {
        milliseconds = 0;
        if (year is 0 or > 9999 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth((int)year, (int)month))
        {
            return false;
        }

        milliseconds = (new DateTime((int)year, (int)month, (int)day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks)
            / TimeSpan.TicksPerMillisecond;
        return true;
    }

    private static bool TryReadMinute(ref byte text, out long milliseconds)
    {
        milliseconds = 0;
        var century = Digits.Two(ref text);
        var year = Digits.Two(ref Unsafe.Add(ref text, 2));
        var hour = Digits.Two(ref Unsafe.Add(ref text, 11));
        var minute = Digits.Two(ref Unsafe.Add(ref text, 14));
        if (century > 99 || year > 99 || hour > 23 || minute > 59
            || Unsafe.Add(ref text, 4) != '-' || Unsafe.Add(ref text, 7) != '-' || Unsafe.Add(ref text, 13) != ':'
            || Unsafe.Add(ref text, 10) is not ((byte)'T' or (byte)'t' or (byte)' ')
            || !TryGetDay((century * 100) + year, Digits.Two(ref Unsafe.Add(ref text, 5)), Digits.Two(ref Unsafe.Add(ref text, 8)), out var day))
        {
            return false;
        }

        milliseconds = day + (((hour * 60) + minute) * 60_000);
        return true;
    }

    // Returns the position after the digits, or 0 when there is none (where no zone can follow).
    private static int ReadFraction(ref byte text, int length, ref long milliseconds)
    {
        var position = 20;
        for (var weight = 100; position < length; position++, weight /= 10)
        {
            var digit = (uint)(Unsafe.Add(ref text, position) - '0');
            if (digit > 9)
            {
                break;
            }

            milliseconds += digit * weight;
        }

        return position == 20 ? 0 : position;
    }

    private static bool TryReadZone(ref byte text, int position, int length, ref long milliseconds)
    {
        var rest = length - position;
        var sign = Unsafe.Add(ref text, position);
        if (rest is not (3 or 5 or 6) || sign is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        var hours = Digits.Two(ref Unsafe.Add(ref text, position + 1));
        var minutes = rest == 3 ? 0 : Digits.Two(ref Unsafe.Add(ref text, length - 2));
        if (hours > 23 || minutes > 59 || (rest == 6 && Unsafe.Add(ref text, position + 3) != ':'))
        {
            return false;
        }

        var offset = ((hours * 60L) + minutes) * 60_000;
        milliseconds += sign == '-' ? offset : -offset;
        return true;
    }
}
