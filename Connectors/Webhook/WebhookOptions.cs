namespace AkkaPrivacy.Connectors.Webhook;

/// <summary>Where a <see cref="WebhookSink"/> sends releases, and how patiently.</summary>
public sealed record WebhookOptions
{
    /// <summary>An absolute <c>https</c> or <c>http</c> address without user and password. Required.</summary>
    public required Uri Url { get; init; }

    /// <summary>The secret that signs requests, 16 to 1024 bytes; null sends them unsigned. Default: null.</summary>
    public ReadOnlyMemory<byte>? Secret { get; init; }

    /// <summary>A bearer token for the <c>Authorization</c> header, of printable ASCII; null sends none. Default: null.</summary>
    public string? Token { get; init; }

    /// <summary>How long one request may take, from 100 ms to 10 minutes. Default: 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one release may take with all attempts and waits, from 1 s to 1 h. Default: 1 minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The sink's name, unique in the pipeline. Default: <c>webhook</c>.</summary>
    public string Name { get; init; } = "webhook";

    /// <summary>The wait before the first new attempt; it doubles up to 10 s, with jitter. Default: 500 ms.</summary>
    internal TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Url);
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        Between(Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Between(Patience, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (!IsUrl(Url))
        {
            throw new ArgumentException("The address is not absolute, not http or https, or holds a user or password.", nameof(Url));
        }

        if (Secret is { Length: < 16 or > 1024 })
        {
            throw new ArgumentException("A secret has 16 to 1024 bytes.", nameof(Secret));
        }

        if (Token is { } token && (token.Length == 0 || token.Any(c => c is <= ' ' or >= '\x7f')))
        {
            throw new ArgumentException("A token is printable ASCII without spaces.", nameof(Token));
        }
    }

    /// <summary>Whether releases can be sent to an address.</summary>
    /// <param name="url">The address.</param>
    /// <returns>True when they can.</returns>
    public static bool IsUrl(Uri url) =>
        url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) && url.UserInfo.Length == 0;

    private static void Between(TimeSpan value, TimeSpan min, TimeSpan max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max);
    }
}
