using AkkaPrivacy.Hosting.Hocon.Units;

namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>A string, number, boolean or null, kept as it was written.</summary>
/// <remarks>
/// The readers convert by HOCON's rules: a string that looks like the wanted type converts, null never does.
/// They do not throw; a caller that wants the value reports <see cref="HoconValue.Origin"/> and its own key.
/// </remarks>
public sealed class HoconScalar : HoconValue
{
    internal HoconScalar(HoconOrigin origin, string text, HoconScalarKind kind)
        : base(origin)
    {
        Text = text;
        Kind = kind;
    }

    /// <summary>The text: without quotes and with escapes replaced for a quoted string, as written otherwise.</summary>
    public string Text { get; }

    /// <summary>How the value was written.</summary>
    public HoconScalarKind Kind { get; }

    /// <summary>True when the value is <c>null</c>.</summary>
    public bool IsNull => Kind == HoconScalarKind.Null;

    /// <summary>Reads a boolean: <c>true</c>, <c>yes</c>, <c>on</c>, <c>false</c>, <c>no</c>, <c>off</c>, in lower case.</summary>
    /// <param name="value">The boolean; false when the method returns false.</param>
    /// <returns>False for any other text.</returns>
    public bool TryGetBoolean(out bool value)
    {
        value = !IsNull && Text is "true" or "yes" or "on";
        return value || (!IsNull && Text is "false" or "no" or "off");
    }

    /// <summary>Reads a whole number; <c>1e3</c> and <c>2.0</c> are whole, <c>1.5</c> is not.</summary>
    /// <param name="value">The number; 0 when the method returns false.</param>
    /// <returns>False when the text is no JSON number, has a fraction or does not fit 64 bits.</returns>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        return !IsNull && HoconNumber.TryInt64(Text, out value);
    }

    /// <summary>Reads a finite number.</summary>
    /// <param name="value">The nearest double; 0 when the method returns false.</param>
    /// <returns>False when the text is no JSON number or is out of range.</returns>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        return !IsNull && HoconNumber.TryDouble(Text, out value);
    }

    /// <summary>
    /// Reads a duration: a number and a unit (<c>ns us ms s m h d</c> or their long forms, lower case), in
    /// milliseconds without a unit. Negative durations are read; a range is the caller's to check.
    /// </summary>
    /// <param name="value">The exact duration; zero when the method returns false.</param>
    /// <returns>False for an unknown unit, a value outside <see cref="TimeSpan"/>, or one that is no whole number of its 100 ns ticks.</returns>
    public bool TryGetDuration(out TimeSpan value)
    {
        value = default;
        return !IsNull && HoconDuration.TryParse(Text, out value);
    }

    /// <summary>
    /// Reads a size: a number and a unit, in bytes without a unit. <c>kB MB GB ...</c> are powers of 1000;
    /// <c>K KiB M MiB ...</c> are powers of 1024.
    /// </summary>
    /// <param name="bytes">The size in bytes, 0 or more; 0 when the method returns false.</param>
    /// <returns>False for an unknown unit, a negative size, one that does not fit 64 bits or is no whole number of bytes.</returns>
    public bool TryGetSize(out long bytes)
    {
        bytes = 0;
        return !IsNull && HoconSize.TryParse(Text, out bytes);
    }
}
