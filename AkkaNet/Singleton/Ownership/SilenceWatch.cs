namespace AkkaPrivacy.AkkaNet.Singleton.Ownership;

/// <summary>Tells when offers have not been answered for a while.</summary>
internal sealed class SilenceWatch(PipelineAgentOptions options, DateTimeOffset start)
{
    private DateTimeOffset _answered = start;
    private DateTimeOffset _told = start;

    /// <summary>Takes the outcome of an offer.</summary>
    /// <param name="answered">Whether somebody answered.</param>
    /// <param name="now">When.</param>
    /// <param name="running">Whether the pipeline runs here.</param>
    public void Note(bool answered, DateTimeOffset now, bool running)
    {
        if (!answered && now - _told >= options.Silence)
        {
            _told = now;
            options.Silent(now - _answered, running);
        }
        else if (answered)
        {
            var silent = _told > _answered;
            _answered = _told = now;
            if (silent)
            {
                options.Heard();
            }
        }
    }
}
