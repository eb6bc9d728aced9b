namespace AkkaPrivacy.Engine.Schemas;

/// <summary>What a field says about a person; decides which treatment it needs.</summary>
public enum FieldClass
{
    /// <summary>Names a person by itself (e-mail, IP address, cookie). Must have a treatment.</summary>
    DirectIdentifier,

    /// <summary>Names a person together with others (user agent, postcode). Must have a treatment.</summary>
    QuasiIdentifier,

    /// <summary>A special category (health, belief). Must have a treatment.</summary>
    Sensitive,

    /// <summary>Describes the event (page, status).</summary>
    Attribute,

    /// <summary>A quantity that may be summed (bytes, milliseconds).</summary>
    Measure,

    /// <summary>When it happened or arrived.</summary>
    Time,
}
