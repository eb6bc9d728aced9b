namespace AkkaPrivacy.Engine.Ports;

/// <summary>Rules on names, keys and values that every store keeps, so that all stores accept the same calls.</summary>
public static partial class StoreNames
{
    /// <summary>The most characters in the name of a stream, table or resource.</summary>
    public const int MaxNameLength = 512;

    /// <summary>The most characters in a key.</summary>
    public const int MaxKeyLength = 1024;

    /// <summary>The most bytes in a row's value or an event's payload: 256 MiB.</summary>
    public const int MaxValueBytes = 256 * 1024 * 1024;

    /// <summary>The most rows or events that one call returns.</summary>
    public const int MaxLimit = 1_000_000;

    /// <summary>Checks the name of a stream, table or resource.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">The name is empty, too long, or holds U+0000 or half a surrogate pair.</exception>
    public static void CheckName(string name) => Check(name, MaxNameLength, nameof(name));

    /// <summary>Checks a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentException">The key is empty, too long, or holds U+0000 or half a surrogate pair.</exception>
    public static void CheckKey(string key) => Check(key, MaxKeyLength, nameof(key));

    /// <summary>Whether a text may be a key.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True when <see cref="CheckKey"/> takes it.</returns>
    public static bool IsKey(string text) => Fault(text, MaxKeyLength) is null;

    /// <summary>Checks the bounds of a scan. Unlike a key, a prefix may be empty.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="afterKey">The key to start after, or null.</param>
    /// <param name="limit">The page size, 1 to <see cref="MaxLimit"/>.</param>
    /// <exception cref="ArgumentException">A bound breaks the rules.</exception>
    public static void CheckScan(string prefix, string? afterKey, int limit)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > 0)
        {
            CheckKey(prefix);
        }

        if (afterKey is not null)
        {
            CheckKey(afterKey);
        }

        CheckLimit(limit);
    }

    /// <summary>Checks a page size.</summary>
    /// <param name="limit">1 to <see cref="MaxLimit"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of range.</exception>
    public static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
    }

    /// <summary>Checks the size of a value or payload.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The value is larger than <see cref="MaxValueBytes"/>.</exception>
    public static void CheckValue(ReadOnlyMemory<byte> value)
    {
        if (value.Length > MaxValueBytes)
        {
            throw new ArgumentException($"A value has {value.Length} bytes; at most {MaxValueBytes} can be stored. Split it over several rows.", nameof(value));
        }
    }

    /// <summary>Checks the arguments of an append.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="expectedVersion">0 or more.</param>
    /// <param name="events">One or more events.</param>
    /// <exception cref="ArgumentException">An argument breaks the rules.</exception>
    public static void CheckAppend(string stream, long expectedVersion, IReadOnlyList<NewEvent> events)
    {
        CheckName(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count == 0)
        {
            throw new ArgumentException("An append needs one event or more.", nameof(events));
        }

        foreach (var item in events)
        {
            CheckName(item.Type);
            CheckValue(item.Payload);
        }
    }

    /// <summary>The smallest text that is larger, by UTF-8 bytes, than every text that starts with a prefix.</summary>
    /// <param name="prefix">The prefix, in well-formed UTF-16.</param>
    /// <returns>The exclusive upper end, or null when nothing is larger (an empty prefix, or only U+10FFFF).</returns>
    /// <remarks>UTF-8 bytes order as code points do, so the last code point that can grow is raised by one.</remarks>
    public static string? PrefixEnd(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0 && runes[^1].Value == 0x10FFFF)
        {
            runes.RemoveAt(runes.Count - 1);
        }

        if (runes.Count == 0)
        {
            return null;
        }

        var next = runes[^1].Value + 1;
        var raised = new System.Text.Rune(next == 0xD800 ? 0xE000 : next);
        return string.Concat(runes.Take(runes.Count - 1).Append(raised).Select(rune => rune.ToString()));
    }

    /// <summary>Compares two well-formed texts by their UTF-8 bytes without encoding them.</summary>
    /// <param name="left">A text.</param>
    /// <param name="right">A text.</param>
    /// <returns>Below, at or above 0, as <see cref="IComparer{T}.Compare"/>.</returns>
    /// <remarks>UTF-16 code units order as UTF-8 does, except that surrogates must come after U+E000 to U+FFFF.</remarks>
    public static int CompareUtf8(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        return common == left.Length || common == right.Length
            ? left.Length.CompareTo(right.Length)
            : Weight(left[common]).CompareTo(Weight(right[common]));

        static int Weight(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
    }

    private static void Check(string text, int maxLength, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        if (Fault(text, maxLength) is { } fault)
        {
            throw new ArgumentException($"A {parameter} of the store {fault}.", parameter);
        }
    }

    private static string? Fault(string text, int maxLength)
    {
        if (text.Length is 0 || text.Length > maxLength)
        {
            return $"has {text.Length} characters; 1 to {maxLength} are allowed";
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == 0 || (char.IsSurrogate(text[i]) && !IsPairAt(text, ref i)))
            {
                return $"holds U+0000 or half a surrogate pair at position {i}";
            }
        }

        return null;
    }

    private static bool IsPairAt(string text, ref int i) => i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]);
}
